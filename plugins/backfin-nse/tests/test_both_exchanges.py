"""A day with rows of BSE and NSE together: the same filings merged, none lost, nobody told twice."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from backfin import Backfin
from backfin.clock import IST
from backfin.models import Phase, State
from backfin.specs import Next
from backfin.testing import FrozenClock, RecordingNotifier, make_app, make_watch
from backfin.testing.exchange_server import ExchangeServer
from backfin.testing.pdf import make_pdf

import backfin_nse
from backfin_nse.parse import listed_at_of
from backfin_nse.testing import NseServer
from nse_rows import LISTS, recorded, row, shared

RECORDED = shared()

Row = Mapping[str, Any]


@dataclass
class Day:
    """What both exchanges publish of one day: copies of the same filings, and filings that only one has."""

    nse: list[Row]
    bse: list[dict[str, Any]]
    issuers: list[dict[str, Any]]
    files: dict[str, bytes]
    moment: datetime

    @property
    def copies(self) -> int:
        return len(self.bse) - 1

    @property
    def filings(self) -> int:
        return len(self.nse) + 1


def letter(one: Row) -> bytes:
    """A letter in the words of a row: those of two rows differ in one number at least."""
    lines = [f"{one['sm_name']} to the stock exchanges. Reference {one['seq_id']}.", str(one["attchmntText"])]
    return make_pdf(
        ["\n".join([*lines, "We request you to take the above on record and disseminate it. " * 8])]
    )


def bse_copy(number: int, one: Row, code: str) -> dict[str, Any]:
    """The row by which BSE shows a filing, some seconds before or after NSE: other words, another file name."""
    listed_at = listed_at_of(one)
    assert listed_at is not None
    time = listed_at.astimezone(IST) + timedelta(seconds=(-20, 35)[number % 2])
    key = str(uuid.uuid5(uuid.NAMESPACE_OID, str(one["seq_id"])))
    return {
        "NEWSID": key,
        "SCRIP_CD": int(code),
        "SLONGNAME": str(one["sm_name"]),
        "NEWSSUB": f"{one['sm_name']} - {code} - Announcement under Regulation 30 (LODR)-{one['desc']}",
        "HEADLINE": f"Intimation of {one['desc']}",
        "NEWS_DT": f"{time:%Y-%m-%dT%H:%M:%S}",
        "CATEGORYNAME": "Company Update",
        "ATTACHMENTNAME": f"{key}.pdf",
        "PDFFLAG": 0,
    }


def day_of_both(rows: list[Row]) -> Day:
    """Every row that has a file, on both exchanges; the last one on NSE only, and one more on BSE only.

    Every other copy has bytes of its own, as where a company uploads a file twice.
    """
    nse = [one for one in rows if str(one["attchmntFile"]).endswith(".pdf")]
    codes = {isin: str(500001 + n) for n, isin in enumerate(sorted({str(one["sm_isin"]) for one in nse}))}
    bse = [bse_copy(n, one, codes[one["sm_isin"]]) for n, one in enumerate(nse[:-1])]
    files = {str(one["attchmntFile"]).rpartition("/")[2]: letter(one) for one in nse}
    for number, (copy, one) in enumerate(zip(bse, nse, strict=False)):
        files[copy["ATTACHMENTNAME"]] = letter(one) + (b"\n% uploaded twice\n" if number % 2 else b"")
    alone = {**nse[0], "seq_id": "1", "attchmntText": "A matter that only one exchange hears of"}
    bse.append(bse_copy(0, alone, codes[alone["sm_isin"]]))
    files[bse[-1]["ATTACHMENTNAME"]] = letter(alone)
    issuers = [
        {"SCRIP_CD": code, "ISIN_NUMBER": isin, "Issuer_Name": f"Company {code}", "Status": "Active"}
        for isin, code in codes.items()
    ]
    listed_at = listed_at_of(nse[0])
    assert listed_at is not None
    return Day(nse, bse, issuers, files, listed_at.astimezone(IST).replace(hour=23, minute=59, second=59))


def made_day() -> Day:
    return day_of_both([row(n) for n in range(12)])


def recorded_day(day: str) -> Day:
    if RECORDED is None:
        pytest.skip("there is no recorded material beside the project")
    rows = [one for one in recorded(RECORDED)["equities"] if str(one.get("sort_date")).startswith(day)]
    return day_of_both(rows)


@contextmanager
def listening(day: Day, phase: Phase) -> Iterator[tuple[Backfin, RecordingNotifier, NseServer]]:
    """An app that reads both exchanges, on the evening of the day, and someone who hears of everything."""
    channel = RecordingNotifier()
    with (
        ExchangeServer(day.bse, day.files.get, issuers=day.issuers) as bse,
        NseServer({"equities": day.nse, "sme": []}, day.files, LISTS, needs_cookie=True) as nse,
    ):
        exchanges = {
            "bse": {"api_url": bse.api_url, "files_url": bse.files_url, "min_interval": 0},
            "nse": {"api_url": nse.api_url, "files_url": nse.files_url, "min_interval": 0},
        }
        chosen = {"exchanges": exchanges, "documents": {"processes": 1, "ocr": False}}
        clock = FrozenClock(day.moment)
        with make_app(plugins=[backfin_nse], notifiers=[channel], settings=chosen, clock=clock) as app:
            app.store.watches.put(make_watch(phase=phase))
            yield app, channel, nse


def scraping(*names: str) -> list[Next]:
    return [Next(f"backfin.scrape.{name}", name) for name in names]


def check(day: Day, app: Backfin, channel: RecordingNotifier, phases: set[Phase]) -> None:
    """Every announcement is stored and read, every filing told once in each phase."""
    stored = app.store.announcements.select()
    assert Counter(one.exchange for one in stored) == {"nse": len(day.nse), "bse": len(day.bse)}
    assert {one.state for one in stored} == {State.MATCHED}
    filings = Counter(one.filing_id for one in stored)
    assert len(filings) == day.filings
    assert sorted(filings.values()) == [1, 1, *[2] * day.copies]
    told = Counter(
        (alert.phase, alert.filing_id) for alert in channel.alerts if alert.phase is Phase.ENRICHED
    )
    assert set(told.values()) <= {1}
    for phase in phases:
        assert sum(alert.phase is phase for alert in channel.alerts) == day.filings


@pytest.mark.parametrize("order", [("bse", "nse"), ("nse", "bse")])
@pytest.mark.parametrize("phase", [Phase.FLASH, Phase.ENRICHED])
def test_one_after_the_other(order: tuple[str, str], phase: Phase) -> None:
    day = made_day()
    with listening(day, phase) as (app, channel, _):
        for name in order:
            app.run_inline(scraping(name))

        check(day, app, channel, {phase})


@pytest.mark.parametrize("phase", [Phase.FLASH, Phase.ENRICHED])
def test_both_at_once(phase: Phase) -> None:
    day = made_day()
    with listening(day, phase) as (app, channel, _):
        app.run_inline(scraping("nse", "bse"))

        check(day, app, channel, {phase})


@pytest.mark.parametrize("day", ["2026-04-13", "2026-09-22"])
@pytest.mark.parametrize("order", [("bse", "nse"), ("nse", "bse")])
def test_a_recorded_day_of_both(order: tuple[str, str], day: str) -> None:
    published = recorded_day(day)
    with listening(published, Phase.BOTH) as (app, channel, _):
        for name in order:
            app.run_inline(scraping(name))

        check(published, app, channel, {Phase.ENRICHED})
        flashes = Counter(
            app.store.announcements.status(alert.announcement.announcement_id).filing_id
            for alert in channel.alerts
            if alert.phase is Phase.FLASH
        )
        assert set(flashes.values()) == {1}


def test_what_came_by_rss_is_told_once_when_the_api_is_back() -> None:
    day = made_day()
    with listening(day, Phase.BOTH) as (app, channel, server):
        server.is_blocked = True
        app.run_inline(scraping("nse"))
        before = len(channel.alerts)
        server.is_blocked = False
        app.clock.forward(2000)

        app.run_inline(scraping("nse"))

        assert len(app.store.announcements.select()) == 2 * len(day.nse)
        assert len({one.filing_id for one in app.store.announcements.select()}) == len(day.nse)
        assert len(channel.alerts) == before == 2 * len(day.nse)
