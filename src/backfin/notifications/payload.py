"""An alert or a digest as JSON, the same for webhooks and files."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from backfin.models import Alert, Digest


def payload_of(alert: Alert, sent_at: datetime) -> dict[str, Any]:
    """The alert as a JSON-able object; the exchange's raw row is left out. ``sent_at`` is aware."""
    return {"delivery_id": alert.delivery_id, **_filing_of(alert), "sent_at": sent_at.isoformat()}


def digest_payload_of(digest: Digest, sent_at: datetime) -> dict[str, Any]:
    """The digest as a JSON-able object; its filings have the keys of an alert. ``sent_at`` is aware."""
    return {
        "delivery_id": digest.delivery_id,
        "kind": "digest",
        "watches": list(digest.watches),
        "since": digest.since.isoformat(),
        "until": digest.until.isoformat(),
        "zone": digest.zone,
        "count": digest.count,
        "more": digest.count - len(digest.filings),
        "see_all": digest.see_all,
        "filings": [_filing_of(alert) for alert in digest.filings],
        "sent_at": sent_at.isoformat(),
    }


def _filing_of(alert: Alert) -> dict[str, Any]:
    enrichment = alert.enrichment
    return {
        "watch": alert.watch_name,
        "watches": list(alert.watch_names or (alert.watch_name,)),
        "phase": alert.phase.value,
        "filing_id": alert.filing_id,
        "announcement": alert.announcement.model_dump(mode="json", exclude={"raw"}),
        "enrichment": enrichment.model_dump(mode="json", exclude={"detail"}) if enrichment else None,
        "mentions": [mention.model_dump(mode="json") for mention in alert.mentions],
    }


def payload_bytes(message: Alert | Digest, sent_at: datetime) -> bytes:
    """The payload as compact UTF-8 JSON on one line; it starts with the delivery id."""
    payload = _payload_of(message, sent_at)
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="replace")


def _payload_of(message: Alert | Digest, sent_at: datetime) -> dict[str, Any]:
    if isinstance(message, Digest):
        return digest_payload_of(message, sent_at)
    return payload_of(message, sent_at)
