"""The classes of kinds within which names are compared and keys are made."""

from __future__ import annotations

from collections.abc import Mapping

from backfin.models import PartyKind

_CLASSES: Mapping[PartyKind, str] = {
    PartyKind.HUF: "huf",
    PartyKind.COMPANY: "company",
    PartyKind.LLP: "company",
    PartyKind.PARTNERSHIP: "company",
    PartyKind.BANK: "company",
    PartyKind.INSURER: "company",
    PartyKind.TRUST: "trust",
    PartyKind.MUTUAL_FUND_SCHEME: "fund",
    PartyKind.AIF: "fund",
    PartyKind.FPI: "fund",
    PartyKind.GOVERNMENT: "government",
    PartyKind.PERSON: "person",
    PartyKind.UNKNOWN: "person",
}


def class_of(kind: PartyKind) -> str:
    """The class of a kind. What cannot be told from a person counts as one.

    >>> class_of(PartyKind.LLP)
    'company'
    """
    return _CLASSES[kind]
