"""What someone wants to know, and where to tell them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, field_validator

from backfin.clock import time_of_text, zone_of_text
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
    """A rule and the addresses that hear of what it matches. ``*`` matches everything.

    ``digest_at`` (``HH:MM``) and ``digest_zone`` are its own time of the day's digest; what is ``None`` is as the
    settings say. A digest tells of each filing once: with ``Phase.BOTH`` when the facts are there.
    """

    watch_id: str
    name: str
    rule: str
    addresses: tuple[str, ...]
    phase: Phase = Phase.ENRICHED
    cadence: Cadence = Cadence.INSTANT
    digest_at: str | None = None
    digest_zone: str | None = None
    created_at: AwareDatetime

    @property
    def tells_facts_only(self) -> bool:
        """Whether the flash is left out of what it asks for: a digest tells of each filing once."""
        return self.cadence is Cadence.DIGEST and self.phase is Phase.BOTH

    @field_validator("digest_at")
    @classmethod
    def _is_time(cls, text: str | None) -> str | None:
        return text if text is None else f"{time_of_text(text):%H:%M}"

    @field_validator("digest_zone")
    @classmethod
    def _is_zone(cls, name: str | None) -> str | None:
        return name if name is None else zone_of_text(name).key
