"""An alert for the tests of channels, with a headline that would like to be more than one line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from backfin.models import Alert, Announcement, Phase

NOW = datetime(2026, 7, 1, 10, 24, 7, tzinfo=UTC)


def make_alert(number: int = 1, **changes: Any) -> Alert:
    """The flash of an order, as the delivery of that number."""
    item = Announcement(
        announcement_id="bse:1",
        exchange="bse",
        native_id="1",
        issuer_name="Pine Steel Limited",
        headline="Order worth ₹5 crore\r\nBcc: everyone@pine.example",
        disseminated_at=NOW,
    )
    values: dict[str, Any] = {"watch_name": "orders", "phase": Phase.FLASH, "announcement": item}
    return Alert(delivery_id=f"d_{number}", **{**values, **changes})
