"""What filings state of investors beside their names: identifiers, and the families and groups they belong to."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from backfin.models.base import Frozen


class Scheme(StrEnum):
    """Whose number it is: income tax, companies, directors, legal entities of the world."""

    PAN = "pan"
    CIN = "cin"
    DIN = "din"
    LEI = "lei"


class GroupKind(StrEnum):
    """What holds a group together."""

    PROMOTER_GROUP = "promoter_group"
    PAC = "pac"
    FAMILY = "family"
    FUND_HOUSE = "fund_house"


class Identifier(Frozen):
    """A number of an investor and where it stands. Of a PAN, ``value`` is the last four characters."""

    scheme: Scheme
    value: str
    page: int | None = None
    quote: str = ""


class Membership(Frozen):
    """That an investor belongs to a group, and where that stands.

    ``label`` names the group: an issuer, an acquirer, the head of a family, a fund house. ``relation`` says how the
    investor belongs to it, e.g. ``wife``, ``huf``, ``scheme``.
    """

    kind: GroupKind
    label: str
    relation: str = ""
    page: int | None = None
    quote: str = ""


class Member(Frozen):
    """An investor of a group. ``announcement_ids`` are the filings that say so, ``said_by`` the people."""

    investor_id: str
    name: str
    kind: GroupKind
    label: str
    relation: str
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    announcement_ids: tuple[str, ...] = ()
    said_by: tuple[str, ...] = ()
    page: int | None = None
    quote: str = ""
