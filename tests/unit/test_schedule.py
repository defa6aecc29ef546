"""What is due when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backfin.steps.tick import latest_slot


@pytest.mark.parametrize(
    ("cron", "now", "expected"),
    [
        ("0 9-15 * * 1-5", datetime(2026, 7, 18, 5, 0, tzinfo=UTC), datetime(2026, 7, 17, 9, 30, tzinfo=UTC)),
        ("20 0 * * *", datetime(2026, 7, 1, 18, 50, tzinfo=UTC), datetime(2026, 7, 1, 18, 50, tzinfo=UTC)),
        (
            "20 0 * * *",
            datetime(2026, 7, 1, 18, 49, 59, tzinfo=UTC),
            datetime(2026, 6, 30, 18, 50, tzinfo=UTC),
        ),
        ("0 9 * * sun", datetime(2026, 7, 20, 0, 0, tzinfo=UTC), datetime(2026, 7, 19, 3, 30, tzinfo=UTC)),
        ("0 0 29 2 *", datetime(2026, 7, 20, 0, 0, tzinfo=UTC), datetime(2024, 2, 28, 18, 30, tzinfo=UTC)),
    ],
)
def test_the_latest_slot_of_a_cron_is_computed_in_its_zone(
    cron: str, now: datetime, expected: datetime
) -> None:
    assert expected == latest_slot(cron, "Asia/Kolkata", now)
