"""How often exchanges are polled when, by the trading calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backfin.calendar import bundled, load_calendar
from backfin.clock import IST
from backfin.errors import ConfigError
from backfin.schedules import pace_at, poll_every_s
from backfin.settings import Settings
from backfin.settings.exchanges import ExchangeSettings, Paces
from backfin.testing import FakeExchange
from backfin.testing.apps import isolated_settings

PACES = Paces(in_session=20, by_day=60, at_night=300, on_holidays=120)


def ist(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


@pytest.mark.parametrize(
    ("moment", "every_s"),
    [
        ("2026-07-01T08:44:59", 60),
        ("2026-07-01T08:45:00", 20),  # block deals come before the open
        ("2026-07-01T15:35:00", 20),  # between the end of trading and the closing session
        ("2026-07-01T15:59:59", 20),
        ("2026-07-01T16:00:00", 60),
        ("2026-07-01T23:59:59", 60),
        ("2026-07-02T00:30:00", 60),  # the evening of the first
        ("2026-07-02T01:00:00", 300),
        ("2026-07-02T06:59:59", 300),
        ("2026-07-02T07:00:00", 60),
        ("2026-07-04T12:00:00", 120),  # a Saturday
        ("2026-07-04T00:30:00", 60),  # the evening of Friday
        ("2026-07-06T00:30:00", 120),  # the evening of Sunday
        ("2026-07-05T03:00:00", 300),
        ("2026-10-02T12:00:00", 120),  # Gandhi Jayanti, a Friday
        ("2026-11-08T12:00:00", 60),  # Muhurat trading, on a Sunday
        ("2026-11-08T18:30:00", 20),
        ("2026-02-01T12:00:00", 20),  # the Budget, on a Sunday
        ("2024-03-02T11:00:00", 20),  # a Saturday with two sessions
        ("2024-03-02T13:00:00", 60),
        ("2024-02-29T10:00:00", 20),
        ("2026-12-31T23:30:00", 60),
        ("2027-01-01T00:30:00", 60),
    ],
)
def test_the_pace_goes_by_the_calendar(moment: str, every_s: float) -> None:
    assert pace_at(PACES, bundled(), ist(moment)) == every_s


def test_a_calendar_of_ones_own_changes_the_pace(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text('[holidays]\n2026-07-01 = "A storm"\n')

    assert pace_at(PACES, load_calendar(tmp_path), ist("2026-07-01T12:00:00")) == 120


@pytest.mark.parametrize(
    ("section", "paces"),
    [
        ({}, Paces(20, 60, 300, 120)),
        ({"poll_interval": 5}, Paces(5, 5, 5, 5)),
        ({"poll_interval": 90, "poll_in_session": 30}, Paces(30, 90, 90, 90)),
        ({"poll_at_night": 900}, Paces(20, 60, 900, 120)),
    ],
)
def test_an_interval_that_is_written_holds_where_no_other_is(section: dict[str, Any], paces: Paces) -> None:
    settings = ExchangeSettings.model_validate({"bse": section, "nse": section})
    interval_s = section.get("poll_interval", 60)

    assert settings.paces_of("bse", interval_s, follows_calendar=True) == paces
    assert settings.paces_of("nse", interval_s, follows_calendar=True) == paces


def test_an_exchange_that_follows_no_calendar_keeps_its_own_interval(tmp_path: Path) -> None:
    settings = isolated_settings(tmp_path, {"exchanges": {"fake": {"poll_on_holidays": 600}}})
    exchange = FakeExchange(poll_interval_s=15)

    found = [poll_every_s(exchange, settings, bundled(), ist(f"2026-07-0{day}T12:00:00")) for day in (1, 4)]

    assert found == [15, 600]


@pytest.mark.parametrize("name", ["bse", "other"])
@pytest.mark.parametrize("key", ["poll_in_session", "poll_by_day", "poll_at_night", "poll_on_holidays"])
def test_a_pace_that_cannot_be_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, key: str
) -> None:
    from backfin.settings import load_settings

    monkeypatch.setenv("BACKFIN_HOME", str(tmp_path))
    monkeypatch.setenv(f"BACKFIN_EXCHANGES__{name.upper()}__{key.upper()}", "0")

    with pytest.raises(ConfigError, match=key):
        load_settings()


def test_a_trading_day_asks_little_more_than_once_a_minute_would() -> None:
    start = ist("2026-07-01T00:00:00")
    moments = (start + timedelta(minutes=minute) for minute in range(24 * 60))

    requests = sum(60 / pace_at(PACES, bundled(), moment) for moment in moments)

    assert requests < 1.5 * 24 * 60
    assert Settings().exchanges.bse.poll_in_session == 20
