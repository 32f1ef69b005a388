"""SQL expressions by which addresses, names and numbers are compared, and indexed.

Each has one ``%s`` for the column.
"""

from ..engine import identity as same

#: Names as the database compares them: accents of Latin letters and case aside.
#: The indexes are made with these very expressions.
_ACCENTS = [
    (char, same.fold(char)[:1])
    for char in map(chr, range(0xC0, 0x180))
    if same.fold(char).isascii() and same.fold(char)[:1].isalpha()
]
_FROM, _TO = ("".join(side) for side in zip(*_ACCENTS, strict=True))
FOLDED = f"lower(translate(%s, '{_FROM}', '{_TO}'))"
# no longer than an entry of an index may be: whoever writes a novel into a field
# still becomes a lead
FOLDED = f"left({FOLDED}, 200)"
WORDS = f"regexp_split_to_array({FOLDED}, '[[:space:][:punct:]]+')"
COMPACT = r"left(upper(regexp_replace(%s, '[^[:alnum:]]', '', 'g')), 200)"
#: addresses are indexed as they are, as far as there can be such a one
EMAIL = "left(%s, 320)"
#: the domain of a normalised address
DOMAIN = "split_part(left(%s, 320), '@', 2)"
#: the host of a website, as a domain
HOST = (
    "regexp_replace(lower(left(%s, 320)), '^([a-z]+://)?(www[.])?([^/:?#]*).*$', '\\3')"
)
