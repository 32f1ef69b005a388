"""What is read, what of, and what came of it."""

from dataclasses import dataclass, field

from ..identity import words_of

#: what the person who asks is read from: ``where`` of :class:`Found`
SENDER, REPLY_TO, LABEL, TABLE, FORWARDED = (
    "sender",
    "reply",
    "label",
    "table",
    "forward",
)
XML, JSON, CARD, TEXT, PORTAL = "xml", "json", "card", "text", "portal"


@dataclass(frozen=True)
class Own:
    """What is the company's own, or the provider's, and so never the customer's.

    :param addresses: normalised emails: of users, aliases, the company
    :param domains: of which every address is the company's own
    :param shared: normalised emails that many people write from
    :param shared_domains: of which every address is one
    :param phones: keys of numbers, see :func:`phone_key`
    :param names: of users and companies, each as of :func:`.identity.words_of`
    :param country: ISO code, for numbers without the code of a country
    """

    addresses: frozenset = frozenset()
    domains: frozenset = frozenset()
    shared: frozenset = frozenset()
    shared_domains: frozenset = frozenset()
    phones: frozenset = frozenset()
    names: frozenset = frozenset()
    country: str = ""

    def is_address(self, address):
        return address in self.addresses or _is_of(address, self.domains)

    def is_shared(self, address):
        return address in self.shared or _is_of(address, self.shared_domains)

    def is_phone(self, number):
        return phone_key(number) in self.phones

    def is_name(self, name):
        return words_of(name) in self.names


@dataclass
class Letter:
    """A mail, as far as it is read.

    :param sender, reply_to: email addresses, in small letters
    :param sender_name, reply_name: what stands beside them
    :param text, html: of the body; one of the two is enough
    :param attachments: ``[(name, content), ...]``, content as text or bytes
    :param inside: the mail that is attached to it
    """

    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    reply_name: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple = ()
    inside: "Letter | None" = None


@dataclass(frozen=True)
class Found:
    """Where something was read.

    :param what: name of a field of :class:`Reading`
    :param where: one of the codes above
    :param label: what stood beside it, or ""
    """

    what: str
    where: str
    label: str = ""


@dataclass
class Reading:
    """Who asks, for what; "" for what is not known.

    :param email: in small letters
    :param phone: as people write it internationally, or as it came
    :param listing: reference or name
    :param source: name
    :param consents: references or names of what the person agreed to
    :param found: list of :class:`Found`
    :param structured: whether it was read from labels, tables or data, and not from
        who sent the mail
    :param relayed: whether somebody else than the customer sent the mail
    :param known: whether the sender is known to be nobody's address, or a colleague's
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    listing: str = ""
    source: str = ""
    consents: tuple = ()
    comment: str = ""
    found: list = field(default_factory=list)
    structured: bool = False
    relayed: bool = False
    known: bool = False

    @property
    def person(self):
        """Whether it says who somebody is, or how to reach them."""
        return bool(self.name or self.email or self.phone)

    def take(self, what, value, where, label=""):
        """Keep a value, unless there is one already.

        :returns: whether it was kept
        """
        if not value or getattr(self, what):
            return False
        setattr(self, what, value)
        self.found.append(Found(what, where, label))
        return True


def _is_of(address, domains):
    """Whether an address is of one of the domains, or of a part of one."""
    domain = address.rpartition("@")[2]
    return domain in domains or any(domain.endswith(f".{each}") for each in domains)


def phone_key(number):
    """Return the last nine digits of a number, by which numbers are compared.

    >>> phone_key("+48 600 700 800") == phone_key("600-700-800")
    True
    """
    return "".join(filter(str.isdigit, number))[-9:]
