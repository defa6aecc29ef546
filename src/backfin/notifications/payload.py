"""An alert as JSON, the same for webhooks and files."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from backfin.models import Alert


def payload_of(alert: Alert, sent_at: datetime) -> dict[str, Any]:
    """The alert as a JSON-able object; the exchange's raw row is left out. ``sent_at`` is aware."""
    enrichment = alert.enrichment
    return {
        "delivery_id": alert.delivery_id,
        "watch": alert.watch_name,
        "phase": alert.phase.value,
        "filing_id": alert.filing_id,
        "announcement": alert.announcement.model_dump(mode="json", exclude={"raw"}),
        "enrichment": enrichment.model_dump(mode="json", exclude={"detail"}) if enrichment else None,
        "mentions": [mention.model_dump(mode="json") for mention in alert.mentions],
        "sent_at": sent_at.isoformat(),
    }


def payload_bytes(alert: Alert, sent_at: datetime) -> bytes:
    """The payload as compact UTF-8 JSON on one line; it starts with the delivery id."""
    text = json.dumps(payload_of(alert, sent_at), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="replace")
