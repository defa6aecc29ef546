"""Which of the parties an enrichment names are persons or bodies worth an entry."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backfin.errors import ConfigError
from backfin.investors.legal_forms import LEGAL_FORMS
from backfin.investors.names import normal_form
from backfin.investors.words import NOBODY_WORDS
from backfin.models import Announcement, Enrichment, Party

#: Permanent account numbers, ISINs, e-mail and web addresses: they stand near names, and are none.
_NO_NAME = re.compile(
    r"[A-Z]{5}\d{4}[A-Z]|[A-Z]{2}[A-Z0-9]{9}\d|\S+@\S+|(?:https?://|www\.)\S+", re.IGNORECASE | re.ASCII
)

#: No name of a person or body is longer, in characters.
_LONGEST = 300


def check_name(text: str) -> str:
    """A name as a person types it, with single spaces.

    Raises:
        ConfigError: Nobody can be called that.

    >>> check_name(" Asha  Mehra ")
    'Asha Mehra'
    """
    name = " ".join(text.split())
    if not name:
        raise ConfigError("The name is empty; write it as filings do.")
    if _NO_NAME.fullmatch(name):
        raise ConfigError("That is a number or an address, not a name; write the name as filings do.")
    if len(name) > _LONGEST or not is_somebody(name):
        raise ConfigError(f"{name[:60]!r} names nobody; write the name of one person or body as filings do.")
    return name


def find_parties(enrichment: Enrichment, announcement: Announcement) -> list[Party]:
    """The parties that name somebody, in the enrichment's order.

    Left out are the issuer itself, entries that name a group of people or nobody ("promoter group",
    "various", "total"), and exact repetitions of an entry.
    """
    issuer = without_legal_form(announcement.issuer_name)
    own_names = {issuer, normal_form(announcement.symbol or "")} - {""}
    return [
        party
        for party in _distinct(enrichment.parties)
        if is_somebody(party.name_as_written) and without_legal_form(party.name_as_written) not in own_names
    ]


def is_somebody(name: str) -> bool:
    """Whether a name can be somebody's at all.

    >>> is_somebody("Promoter & Promoter Group"), is_somebody("N.A."), is_somebody("Asha Mehra")
    (False, False, True)
    """
    words = normal_form(name).split()
    has_letters = sum(char.isalpha() for word in words for char in word) >= 2
    return has_letters and not all(word in NOBODY_WORDS or word.isdigit() for word in words)


def _distinct(parties: Iterable[Party]) -> list[Party]:
    """Parties without those that differ from one before in nothing but the place they were read at."""
    found: dict[tuple[object, ...], Party] = {}
    for party in parties:
        facts = party.model_dump(exclude={"evidence", "name_as_written", "kind"})
        found.setdefault((normal_form(party.name_as_written), *facts.values()), party)
    return list(found.values())


def without_legal_form(name: str) -> str:
    """The normal form of a name without the words for its legal form.

    >>> without_legal_form("Pine Oak Pvt. Ltd.")
    'pine oak'
    """
    words = normal_form(name).split()
    return " ".join(word for word in words if word not in LEGAL_FORMS)
