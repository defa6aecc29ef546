"""What someone wants to know, and where to tell them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from backfin.models.base import Frozen


class Phase(StrEnum):
    """When a watch speaks: at once with the exchange's words, when the facts are there, or both times."""

    FLASH = "flash"
    ENRICHED = "enriched"
    BOTH = "both"


class Cadence(StrEnum):
    """One message a filing, or one message a day."""

    INSTANT = "instant"
    DIGEST = "digest"


class Watch(Frozen):
    """A rule and the addresses that hear of what it matches. ``*`` matches everything."""

    watch_id: str
    name: str
    rule: str
    addresses: tuple[str, ...]
    phase: Phase = Phase.ENRICHED
    cadence: Cadence = Cadence.INSTANT
    created_at: AwareDatetime
