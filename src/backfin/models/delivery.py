"""One send to one address, and what came of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from backfin.models.announcement import Announcement
from backfin.models.base import Frozen
from backfin.models.enrichment import Enrichment
from backfin.models.investor import Mention
from backfin.models.watch import Phase


class DeliveryState(StrEnum):
    """Where a send stands.

    ``unsure``: the channel may have taken it before we could write that down. ``collected``: it waits for a digest,
    or for the end of what holds it back, or is told by the digest in ``digest_id``. ``muted``: its watch told nothing
    at that time.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    UNSURE = "unsure"
    COLLECTED = "collected"
    MUTED = "muted"


class Delivery(Frozen):
    """One row of the outbox: one (watch, filing, phase, address), or one digest.

    A digest is one (time of day and zone, period, address): ``watch_id`` names the time, ``filing_id`` the period,
    which is ``since_at`` (not included) to ``until_at``, and ``announcement_id`` is the first one it tells of.

    One that is told in the message of another, of the same filing and phase to the same address, has that one's id in
    ``told_by`` and shares its fate. One that the limits of its watch hold back is collected until ``held_until``.
    ``resends`` counts how often a person had it sent again although it may have arrived.
    """

    delivery_id: str
    watch_id: str
    announcement_id: str
    filing_id: str
    phase: Phase
    address: str
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    created_at: AwareDatetime
    sent_at: AwareDatetime | None = None
    error: str | None = None
    receipt: dict[str, Any] | None = None
    digest_id: str | None = None
    since_at: AwareDatetime | None = None
    until_at: AwareDatetime | None = None
    told_by: str | None = None
    held_until: AwareDatetime | None = None
    resends: int = 0

    @property
    def token(self) -> str:
        """What channels tell a repeat by: another one for each time a person wants it to be told once more."""
        return f"{self.delivery_id}-{self.resends}" if self.resends else self.delivery_id

    @staticmethod
    def id_of(token: str) -> str:
        """The delivery that a message names by its token.

        >>> Delivery.id_of("d_1"), Delivery.id_of("d_1-2")
        ('d_1', 'd_1')
        """
        return token.partition("-")[0]

    @property
    def is_digest(self) -> bool:
        """Whether it tells of a day instead of one filing."""
        return self.until_at is not None


class Alert(Frozen):
    """Everything a notifier needs to tell one person of one filing.

    ``watch_names`` are the watches that it is told for, ``watch_name`` all of them in one text. ``enrichment`` is
    ``None`` in the flash phase. ``previous_receipt`` is the receipt of the flash sent to the same address, for
    channels that can edit it in place.
    """

    delivery_id: str
    watch_name: str
    watch_names: tuple[str, ...] = ()
    phase: Phase
    announcement: Announcement
    enrichment: Enrichment | None = None
    mentions: tuple[Mention, ...] = ()
    filing_id: str = ""
    previous_receipt: dict[str, Any] | None = None


class Digest(Frozen):
    """Everything a notifier needs to tell one person of many filings.

    ``filings`` are those shown, the most material first; ``count`` is how many there are in all, and ``see_all`` the
    command that lists them. The period is ``since`` (not included) to ``until``, shown in ``zone``; one that was asked
    for ``by_hand`` has the period that was named, every other all that no digest told before.
    """

    delivery_id: str
    watches: tuple[str, ...]
    since: AwareDatetime
    until: AwareDatetime
    zone: str
    filings: tuple[Alert, ...]
    count: int
    see_all: str = ""
    by_hand: bool = False


class Receipt(Frozen):
    """What a channel answered when it took a message."""

    provider_id: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict)
