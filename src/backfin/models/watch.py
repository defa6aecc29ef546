"""What someone wants to know, and where to tell them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field, field_validator

from backfin.clock import hours_of_text, time_of_text, zone_of_text
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


class Limits(Frozen):
    """How much a watch tells one address, and when it keeps still. What is held back is told later, not left out.

    ``quiet`` is ``HH:MM-HH:MM``, over midnight too; ``zone`` is that of these hours and of its days, as the settings
    say when ``None``. At most ``max_a_day`` filings are told one by one on a day, at most ``burst`` within
    ``burst_minutes``.
    """

    quiet: str | None = None
    zone: str | None = None
    max_a_day: int | None = Field(default=None, ge=1)
    burst: int | None = Field(default=None, ge=1)
    burst_minutes: int = Field(default=10, ge=1, le=24 * 60)

    @property
    def holds_back(self) -> bool:
        """Whether there is any."""
        return any((self.quiet, self.max_a_day, self.burst))

    @field_validator("quiet")
    @classmethod
    def _is_span(cls, text: str | None) -> str | None:
        return text if text is None else "-".join(f"{time:%H:%M}" for time in hours_of_text(text))

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, name: str | None) -> str | None:
        return name if name is None else zone_of_text(name).key


class Watch(Frozen):
    """A rule and the addresses that hear of what it matches. ``*`` matches everything.

    ``digest_at`` (``HH:MM``) and ``digest_zone`` are its own time of the day's digest; what is ``None`` is as the
    settings say. A digest tells of each filing once: with ``Phase.BOTH`` when the facts are there.
    Until ``muted_until`` it tells nothing.
    """

    watch_id: str
    name: str
    rule: str
    addresses: tuple[str, ...]
    phase: Phase = Phase.ENRICHED
    cadence: Cadence = Cadence.INSTANT
    digest_at: str | None = None
    digest_zone: str | None = None
    limits: Limits | None = None
    muted_until: AwareDatetime | None = None
    created_at: AwareDatetime

    @property
    def tells_facts_only(self) -> bool:
        """Whether the flash is left out of what it asks for: a digest tells of each filing once."""
        return self.cadence is Cadence.DIGEST and self.phase is Phase.BOTH

    def is_muted(self, now: datetime) -> bool:
        """Whether it tells nothing at a moment."""
        return self.muted_until is not None and now < self.muted_until

    @field_validator("digest_at")
    @classmethod
    def _is_time(cls, text: str | None) -> str | None:
        return text if text is None else f"{time_of_text(text):%H:%M}"

    @field_validator("digest_zone")
    @classmethod
    def _is_zone(cls, name: str | None) -> str | None:
        return name if name is None else zone_of_text(name).key
