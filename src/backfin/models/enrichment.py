"""One reading of one announcement: what it is, what it says, and who read it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from backfin.models.announcement import Announcement
from backfin.models.base import Frozen
from backfin.models.document import Page, Table
from backfin.models.facts import EventType, Fact, Party


class Sentiment(StrEnum):
    """How the news stands for the issuer."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    MIXED = "mixed"


class MaterialityPart(Frozen):
    """One term of the score: its weight, its value from 0 to 1 (``None`` when unknown), and why."""

    name: str
    weight: int
    value: float | None
    why: str


class IssuerRecord(Frozen):
    """What was known of an issuer before a filing; all empty where nothing is.

    ``results`` holds the facts of its latest financial results, ``filed`` what its earlier filings were and when
    they were published, both newest first.
    """

    results: tuple[dict[str, Fact], ...] = ()
    filed: tuple[tuple[EventType, AwareDatetime], ...] = ()


class Reading(Frozen):
    """What an enricher is handed: the announcement and every page read of it.

    ``pages`` holds page 0 (the exchange's own text) and the documents' pages from 1; ``tables`` counts their
    pages alike. ``record`` is what earlier filings of the issuer told.
    """

    announcement: Announcement
    pages: tuple[Page, ...]
    tables: tuple[Table, ...] = ()
    document_ids: tuple[str, ...] = ()
    document_flags: tuple[str, ...] = ()
    record: IssuerRecord = IssuerRecord()


class Enrichment(Frozen):
    """Facts of one announcement as one enricher read them. Older ones are kept.

    ``category`` is a label of the prompt set's taxonomy; ``materiality`` runs from 0 to 100; ``cost_usd`` is
    what the service charged, as far as it can be told.
    """

    enrichment_id: str
    announcement_id: str
    category: str
    also: tuple[str, ...] = ()
    event_type: EventType
    headline: str
    summary: str
    sentiment: Sentiment = Sentiment.NEUTRAL
    materiality: int = Field(default=0, ge=0, le=100)
    materiality_parts: tuple[MaterialityPart, ...] = ()
    facts: dict[str, Fact] = Field(default_factory=dict)
    parties: tuple[Party, ...] = ()
    flags: tuple[str, ...] = ()
    enricher: str
    prompt_set: str = "core"
    prompt_version: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    created_at: AwareDatetime
    detail: dict[str, Any] = Field(default_factory=dict)
