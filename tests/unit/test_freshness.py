"""Percentiles of how long announcements took."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from backfin.clock import day_of
from backfin.freshness import freshness_of
from backfin.models import Phase
from backfin.specs import Next
from backfin.testing import FakeExchange, FrozenClock, RecordingNotifier, make_app, make_row, make_watch

DAY = date(2026, 7, 1)


def test_each_way_is_measured_from_the_publication() -> None:
    clock = FrozenClock()
    exchange, notifier = FakeExchange([make_row(number) for number in range(3)]), RecordingNotifier()
    with make_app(exchanges=[exchange], notifiers=[notifier], clock=clock) as app:
        app.store.watches.put(make_watch(phase=Phase.FLASH))
        app.run_inline([Next("backfin.scrape.fake", "fake")])
        published = sorted(
            app.store.announcements.get(one.announcement_id).disseminated_at
            for one in app.store.announcements.select()
        )

        (row,) = freshness_of(app, "fake", DAY - timedelta(days=3), DAY + timedelta(days=3))

    age_s = [max((clock.now() - moment).total_seconds(), 0.0) for moment in published]
    assert (row["exchange"], row["announcements"]) == ("fake", 3)
    assert row["day"] == day_of(published[0]).isoformat()
    assert row["seen"] == {"count": 3, "p50": age_s[1], "p90": age_s[0], "p99": age_s[0], "max": age_s[0]}
    assert row["enriched"]["count"] == row["flash"]["count"] == 3
    assert row["told"] == {"count": 0, "p50": None, "p90": None, "p99": None, "max": None}


def test_days_without_announcements_have_no_row() -> None:
    with make_app(exchanges=[FakeExchange([])]) as app:
        assert freshness_of(app, "fake", DAY, datetime(2026, 7, 2, tzinfo=UTC).date()) == []
