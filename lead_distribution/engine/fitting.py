"""Whom a lead suits: languages, skills and territories (P4)."""

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat

#: what is compared, in this order, and the code of who does not match
KINDS = {
    "language": "no_language",
    "skill": "no_skill",
    "territory": "no_territory",
}

#: what of :class:`Wants` says it
WANTED = {"language": "language", "skill": "skills", "territory": "territories"}

#: what one match counts against one more of the lead's skills, or its very dialect
MATCH = 100

#: between postcodes, and between the first and the last of a range
SEPARATORS = re.compile(r"[,;\n]")
RANGE = re.compile(r"\s*(?:–|—|\.\.|\s-\s)\s*")


@dataclass(frozen=True, slots=True)
class Talents:
    """What a salesperson has.

    :param languages: codes such as ``en_GB``
    :param skills: set of ids
    :param territories: set of ids
    """

    languages: frozenset = frozenset()
    skills: frozenset = frozenset()
    territories: frozenset = frozenset()


@dataclass(frozen=True, slots=True)
class Wants:
    """What a lead wants; of what it says nothing everybody matches.

    :param language: a code such as ``en_GB``, or ""
    :param skills: set of ids: one of them is enough, more are better
    :param territories: set of ids of those that it lies in, None where it has no
        address
    """

    language: str = ""
    skills: frozenset = frozenset()
    territories: frozenset | None = None


@dataclass(slots=True)
class Fit:
    """How the candidates of a route suit a lead.

    :param must: ``{user_id: code}`` of who must match and does not
    :param should: ``{user_id: code}`` of who should match and does not, without those
        of ``must``
    :param scores: ``{user_id: how well}``; empty where all are the same
    """

    must: dict = field(default_factory=dict)
    should: dict = field(default_factory=dict)
    scores: dict = field(default_factory=dict)
    #: both, for leads that are not to be given to either
    strict: dict = field(default_factory=dict)
    #: the best score there is among those who match all that should
    best: int = 0


@cache
def spoken(language):
    """Return the language of a code, whatever the country."""
    return language.replace("-", "_").split("_")[0].split("@")[0].lower()


def matches(kind, talents, wants):
    """How well somebody matches what a lead wants of one kind.

    :returns: 0 for not at all, more for better; None where it wants nothing
    """
    if kind == "language":
        if not wants.language:
            return None
        if wants.language in talents.languages:
            return MATCH + 1
        spoken_here = {spoken(code) for code in talents.languages}
        return MATCH if spoken(wants.language) in spoken_here else 0
    if kind == "skill":
        if not wants.skills:
            return None
        have = len(talents.skills & wants.skills)
        return MATCH + have - 1 if have else 0
    if wants.territories is None:
        return None
    return MATCH if talents.territories & wants.territories else 0


def fit(rules, people, wants, known=None):
    """Find out how people suit a lead.

    :param rules: ``((kind, "should" or "must"), ...)``
    :param people: ``{user_id: Talents}``
    :param known: a dictionary in which it is kept how the same people match, for the
        leads after this one
    :returns: :class:`Fit`
    """
    known = {} if known is None else known
    lines = {"must": [], "should": []}
    for kind, rule in rules:
        key = (kind, getattr(wants, WANTED[kind]))
        if key not in known:
            known[key] = [matches(kind, talents, wants) for talents in people.values()]
        # where the first one does not know, nobody does: the lead wants nothing of it
        if known[key] and known[key][0] is not None:
            lines[rule].append((KINDS[kind], known[key]))
    found = Fit(_lacking(people, lines["must"]), _lacking(people, lines["should"]))
    hows = [how for line in lines.values() for _code, how in line]
    scores = map(sum, zip(*hows, strict=True)) if hows else repeat(0)
    found.scores = dict(zip(people, scores, strict=False))
    for user_id in found.must:
        found.should.pop(user_id, None)
    found.strict = {**found.should, **found.must}
    able = people.keys() - found.strict.keys() or people.keys() - found.must.keys()
    scores = {found.scores[user_id] for user_id in able}
    found.best = max(scores, default=0)
    if len(scores) <= 1 and able == people.keys() - found.must.keys():
        found.scores = {}
    return found


def _lacking(people, lines):
    """``{user_id: code}`` of who does not match, the code by the first that says so.

    :param lines: ``[(code, how well each matches), ...]``
    """
    if len(lines) == 1:
        ((code, how),) = lines
        return {
            user_id: code for user_id, much in zip(people, how, strict=True) if not much
        }
    found = {}
    for user_id, *much in zip(people, *[how for _code, how in lines], strict=True):
        for place, one in enumerate(much):
            if not one:
                found[user_id] = lines[place][0]
                break
    return found


# territories -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Territory:
    """A part of the world.

    :param countries: set of ids of the countries that are in it as a whole, or but for
        what the rest says
    :param states: ``{state's id: country's id}``: of these countries only these
        states are in it
    :param postcodes: tuple of ``(first, last)``, see :func:`read_postcodes`
    """

    territory_id: int
    countries: frozenset = frozenset()
    states: dict = field(default_factory=dict)
    postcodes: tuple = ()

    def contains(self, country_id, state_id, postcode):
        """Whether an address lies in it; what it does not say is not in it.

        :param country_id, state_id: None where the address has none
        :param postcode: as people write it, "" for none
        """
        if not (self.countries or self.states or self.postcodes):
            return False
        if self.countries or self.states:
            if state_id in self.states:
                pass
            elif country_id not in self.countries or country_id in set(
                self.states.values()
            ):
                return False
        return not self.postcodes or in_postcodes(postcode, self.postcodes)


def plain_postcode(text):
    """Return a postcode as it is compared: capitals and digits alone."""
    return "".join(char for char in (text or "").upper() if char.isalnum())


def read_postcodes(text):
    """Read what people write of postcodes: single ones, ranges and prefixes.

    ``28001-28055``, ``00-001 – 02-999``, ``08*`` and ``SW1A 1AA``, with commas,
    semicolons or lines between them.

    :returns: ``((first, last), ...)``: a prefix has an empty last one
    :raises ValueError: saying what cannot be read
    """
    found = []
    for part in SEPARATORS.split(text or ""):
        part = part.strip()
        if not part:
            continue
        if part.endswith("*"):
            ends = (plain_postcode(part[:-1]), "")
        else:
            ends = [plain_postcode(end) for end in RANGE.split(part)]
            halves = part.split("-")
            if len(ends) == 1 and len(halves) == 2:
                # 28001-28055 are many, 00-950 is one
                halves = [plain_postcode(half) for half in halves]
                if halves[0].isdigit() and len(halves[0]) == len(halves[1]):
                    ends = halves
            if len(ends) == 1:
                ends = ends * 2
        whole = len(ends) == 2 and ends[0]
        if not whole or (ends[1] and (len(ends[1]) != len(ends[0]))):
            raise ValueError(part)
        if ends[1] and ends[1] < ends[0]:
            raise ValueError(part)
        found.append(tuple(ends))
    return tuple(found)


def in_postcodes(postcode, postcodes):
    """Whether a postcode is one of those, in a range of them, or has such a prefix."""
    code = plain_postcode(postcode)
    if not code:
        return False
    for first, last in postcodes:
        if not last:
            if code.startswith(first):
                return True
        elif first <= code <= last and len(code) == len(first):
            return True
        elif (
            first.isdigit() and code[: len(first)].isdigit() and len(code) > len(first)
        ):
            # longer ones, such as 28001-1234, lie where their beginning does
            if first <= code[: len(first)] <= last:
                return True
    return False
