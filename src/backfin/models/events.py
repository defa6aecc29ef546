"""Things that happened, told to plugins after the store knows them."""

from __future__ import annotations

from pydantic import AwareDatetime

from backfin.models.base import Frozen


class Event(Frozen):
    """Base of all events. ``at`` is when the store learnt of it."""

    at: AwareDatetime


class AnnouncementStored(Event):
    """A new announcement is in the store."""

    announcement_id: str


class DocumentRead(Event):
    """The attachments of an announcement were read."""

    announcement_id: str
    document_ids: tuple[str, ...]


class EnrichmentStored(Event):
    """An announcement was turned into facts."""

    announcement_id: str
    enrichment_id: str


class InvestorsLinked(Event):
    """The parties of an announcement were resolved."""

    announcement_id: str
    investor_ids: tuple[str, ...]


class DeliverySent(Event):
    """A channel accepted a message."""

    delivery_id: str


class ItemFailed(Event):
    """A step gave up on an item; the item says why and can be replayed."""

    key: str
    step: str
    error: str


class DayClosed(Event):
    """A day was held against the exchange's own count."""

    exchange: str
    day: str
    expected: int
    stored: int
    complete: bool
