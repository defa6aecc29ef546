"""What an exchange publishes: announcements, their attachments, and the issuers behind them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from backfin.models.base import Frozen


class State(StrEnum):
    """How far an announcement has come. Each state means that the step of that name is stored."""

    STORED = "stored"
    READ = "read"
    ENRICHED = "enriched"
    LINKED = "linked"
    MATCHED = "matched"
    FAILED = "failed"


class Attachment(Frozen):
    """A file an announcement refers to.

    ``urls`` are tried in order: exchanges move files between directories as they age.
    """

    name: str
    urls: tuple[str, ...]
    size_bytes: int | None = None


class Announcement(Frozen):
    """One item published by one exchange, in the exchange's own words.

    ``subject``, ``headline`` and ``body`` are plain text (markup removed, entities decoded); ``raw`` is the
    row as it came. Times are aware. ``exchange_category`` and ``exchange_subcategory`` are the exchange's
    labels, verbatim: hints, never decisions.
    """

    announcement_id: str
    exchange: str
    native_id: str
    isin: str | None = None
    scrip_code: str | None = None
    symbol: str | None = None
    issuer_name: str
    subject: str = ""
    headline: str = ""
    body: str = ""
    exchange_category: str | None = None
    exchange_subcategory: str | None = None
    is_critical: bool = False
    submitted_at: AwareDatetime | None = None
    disseminated_at: AwareDatetime
    first_seen_at: AwareDatetime | None = None
    attachments: tuple[Attachment, ...] = ()
    xbrl_url: str | None = None
    page_url: str | None = None
    recording_url: str | None = None
    raw: dict[str, Any] = Field(default_factory=dict)

    @property
    def text(self) -> str:
        """Everything the exchange itself says, as one text: subject, headline, body (page 0 of a reading)."""
        parts: list[str] = []
        for part in (self.subject, self.headline, self.body):
            if part and part not in parts:
                parts.append(part)
        return "\n\n".join(parts)


class IssuerCode(Frozen):
    """A code or name an issuer carries, with the dates between which it is known to hold."""

    kind: str  # "scrip_code", "symbol" or "name"
    exchange: str
    value: str
    valid_from: date | None = None
    valid_to: date | None = None


class Issuer(Frozen):
    """A listed company by ISIN. ``status`` is ``active``, ``suspended`` or ``delisted``."""

    isin: str
    name: str
    status: str = "active"
    industry: str | None = None
    face_value: str | None = None
    codes: tuple[IssuerCode, ...] = ()
