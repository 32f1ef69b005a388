"""Which company an address is of: its domain, unless anybody has addresses there."""

from functools import cache
from pathlib import Path

_FREE = Path(__file__).parents[1] / "data" / "free_mail_domains.txt"
#: second levels under which registries give out names
_REGISTRIES = frozenset("ac co com edu gob gov gouv ltd me net nom org or ne".split())


@cache
def free_domains():
    """Read the domains at which anybody has an address.

    :returns: ``(domains, names under any ending)``, frozensets
    """
    lines = {line.strip() for line in _FREE.read_text("utf-8").splitlines()}
    lines = {line for line in lines if line and line[0] != "#"}
    names = {line for line in lines if line.endswith(".*")}
    return frozenset(lines - names), frozenset(name[:-2] for name in names)


def is_free(domain):
    """Tell whether anybody may have an address at a domain.

    >>> [is_free(x) for x in ("gmail.com", "yahoo.co.uk", "wp.pl", "acme.pl")]
    [True, True, True, False]
    """
    domains, names = free_domains()
    name, _dot, ending = domain.partition(".")
    return domain in domains or (name in names and ending.count(".") < 2)


def domains_of(address):
    """List the domains by which an address may be a company's.

    :param address: normalised email
    :returns: the domain and those that it is part of, most telling first; none of free
        mail

    >>> domains_of("jan@sales.acme.co.uk"), domains_of("jan@gmail.com")
    (['sales.acme.co.uk', 'acme.co.uk'], [])
    """
    labels = address.rpartition("@")[2].lower().strip(".").split(".")
    found = [".".join(labels[at:]) for at in range(len(labels) - 1)][-4:]
    if found and labels[-2] in _REGISTRIES and len(labels[-1]) == 2:
        found.pop()  # a registry's
    return [] if any(map(is_free, found)) else found
