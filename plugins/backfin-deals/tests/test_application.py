"""Inside backfin: from the exchange's rows to investors, watches and alerts, told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from backfin import Backfin
from backfin.clock import IST
from backfin.models import EventType, Phase, State
from backfin.specs import Next
from backfin.steps.close_day import hold_day
from backfin.testing import FrozenClock, RecordingNotifier, make_app, make_watch

import backfin_deals
from backfin_deals.testing import DealsServer, Tables
from deal_rows import (
    BEFORE,
    DAY,
    LISTS,
    SCRIPS,
    bse_deal,
    bse_trade,
    nse_deal,
    nse_trade,
    recorded_deals,
    recorded_download,
    shared,
)

EVENING = FrozenClock().now().astimezone(IST).replace(hour=20)


@contextmanager
def listening(
    tables: Tables, rule: str = "*", phase: Phase = Phase.ENRICHED, **settings: Any
) -> Iterator[tuple[Backfin, RecordingNotifier, DealsServer]]:
    """An app that reads both feeds on the evening of the day, and someone who waits for what a rule says."""
    channel = RecordingNotifier()
    with DealsServer(tables) as server:
        server.today = DAY
        sections: Mapping[str, Any] = {"bse": {"enabled": False}, **server.settings()}
        chosen = {"exchanges": sections, "documents": {"processes": 1, "ocr": False}, **settings}
        clock = FrozenClock(EVENING)
        with make_app(plugins=[backfin_deals], notifiers=[channel], settings=chosen, clock=clock) as app:
            app.store.watches.put(make_watch("deals", rule, phase=phase))
            yield app, channel, server


def poll(app: Backfin, *names: str) -> None:
    app.run_inline([Next(f"backfin.scrape.{name}", name) for name in names or ("bse_deals", "nse_deals")])


def day_of_both() -> Tables:
    """A day with rows of every kind on both exchanges; one trade is reported to both."""
    return Tables(
        bse_bulk=[bse_deal(n) for n in range(4)],
        bse_block=[bse_deal(1)],
        bse_trades=[bse_trade(1), bse_trade(2)],
        nse_bulk=[nse_deal(1), nse_deal(2), nse_deal(2)],
        nse_block=[nse_deal(1)],
        nse_trades=[nse_trade(1), nse_trade(5)],
        scrips=SCRIPS,
        files=LISTS,
    )


def test_rows_become_records_of_their_event_types() -> None:
    with listening(day_of_both()) as (app, _, _server):
        poll(app)

        stored = app.store.announcements.select()
        assert {one.state for one in stored} == {State.MATCHED}
        found = [app.store.enrichments.latest(one.announcement_id) for one in stored]
        kinds = Counter((one.event_type, one.category) for one in found if one)
        assert kinds == {
            (EventType.DEAL, "Bulk Deal"): 7,
            (EventType.DEAL, "Block Deal"): 2,
            (EventType.INSIDER_TRADE, "Insider Trade"): 4,
        }
        assert {one.prompt_set for one in found if one} == {"deals"}
        assert not [flag for one in found if one for flag in one.flags if flag != "no_text"]
        assert {app.store.announcements.get(one.announcement_id).isin for one in stored} == {"INE000A01010"}


def test_the_facts_of_a_deal_have_their_places() -> None:
    with listening(Tables(nse_bulk=[nse_deal(1)], files=LISTS)) as (app, _, _server):
        poll(app, "nse_deals")

        (stored,) = app.store.announcements.select()
        made = app.store.enrichments.latest(stored.announcement_id)
        assert made is not None
        facts = {name: fact.value for name, fact in made.facts.items()}
        assert facts["price"].amount == Decimal("826.15")
        assert facts["value"].amount == 100001 * Decimal("826.15")
        assert (facts["deal_kind"], facts["side"], facts["quantity"]) == ("bulk", "buy", 100001)
        assert (facts["client"], facts["date"]) == ("CLIENT 1 CAPITAL PRIVATE LIMITED", "2026-07-01")
        text = app.store.announcements.get(stored.announcement_id).text
        assert all(
            place.page == 0 and place.quote in text for f in made.facts.values() for place in f.evidence
        )
        assert made.headline == (
            "CLIENT 1 CAPITAL PRIVATE LIMITED acquires 1,00,001 shares of Acme Limited at ₹826.15 each "
            "in a bulk deal"
        )


def test_the_client_is_an_investor_with_quantity_and_price() -> None:
    with listening(Tables(bse_bulk=[bse_deal(2)], scrips=SCRIPS)) as (app, _, _server):
        poll(app, "bse_deals")

        (stored,) = app.store.announcements.select()
        (mention,) = app.store.investors.mentions(stored.announcement_id)
        assert (mention.name_as_written, mention.role) == ("CLIENT 2 CAPITAL PRIVATE LIMITED", "seller")
        assert (mention.quantity, mention.price_inr) == (200002, Decimal("117.65"))


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('event_type = deal and investor = "Client 1 Capital Pvt. Ltd."', 4),
        ('event_type = deal and investor = "Somebody Else"', 0),
        ("event_type = insider_trade and side = buy", 3),
        ("event_type = deal and quantity >= 200000", 5),
        ('investor = "Asha Mehra B"', 1),
        ("category = 'Block Deal'", 2),
    ],
)
def test_watches_fire(rule: str, told: int) -> None:
    with listening(day_of_both(), rule) as (app, channel, _):
        poll(app)

        assert len(channel.alerts) == told


@pytest.mark.parametrize("phase", [Phase.FLASH, Phase.ENRICHED])
def test_nothing_is_told_twice(phase: Phase) -> None:
    with listening(day_of_both(), phase=phase) as (app, channel, server):
        poll(app)
        first = Counter(alert.filing_id for alert in channel.alerts)
        poll(app)
        server.tables.nse_bulk = [row | {"BD_REMARKS": "revised"} for row in reversed(server.tables.nse_bulk)]
        server.tables.bse_bulk = [
            row | {"QUANTITY": f"{row['QUANTITY']}.00"} for row in server.tables.bse_bulk
        ]
        app.clock.forward(900)
        poll(app)

        # 13 rows, of which two are one trade that both exchanges were told of.
        assert (len(first), set(first.values())) == (12, {1})
        assert Counter(alert.filing_id for alert in channel.alerts) == first
        assert len(app.store.announcements.select()) == 13


def test_a_corrected_quantity_is_told_as_a_deal_of_its_own() -> None:
    with listening(Tables(nse_bulk=[nse_deal(1)], files=LISTS)) as (app, channel, server):
        poll(app, "nse_deals")
        server.tables.nse_bulk = [nse_deal(1, BD_QTY_TRD=100010)]
        poll(app, "nse_deals")

        assert len(channel.alerts) == 2
        assert len(app.store.announcements.select()) == 2


def test_a_row_that_cannot_be_read_is_kept_and_costs_no_other() -> None:
    tables = Tables(nse_bulk=[nse_deal(1), nse_deal(2, BD_DT_DATE="-")], files=LISTS)
    with listening(tables) as (app, channel, _):
        poll(app, "nse_deals")
        poll(app, "nse_deals")

        assert len(channel.alerts) == 1
        assert len(app.store.announcements.failed_of_day("nse_deals", DAY)) == 1


def test_a_day_is_held_against_the_rows_of_the_exchange() -> None:
    tables = day_of_both()
    with listening(tables) as (app, _, server):
        poll(app)
        server.tables.bse_bulk = [*server.tables.bse_bulk, bse_deal(9)]

        report, new = hold_day(app.context, app.context.exchange("bse_deals"), DAY, sweep=True)

        assert (report.expected, report.stored, report.basis, report.complete) == (8, 8, "sweep", True)
        assert len(new) == 1
        server.broken["getCorp"] = "error_500"
        report, _new = hold_day(app.context, app.context.exchange("bse_deals"), DAY, sweep=True)
        assert not report.complete


def test_no_model_is_asked() -> None:
    class Model:
        name, model, is_remote = "model", "m", True

        def enrich(self, reading: Any, prompt_set: Any) -> Any:
            raise AssertionError("a model was asked about a row of a table")

    class Plugin:
        from backfin import hookimpl

        @hookimpl
        def backfin_enrichers(self) -> list[Any]:
            return [Model()]

    tables = Tables(nse_bulk=[nse_deal(1)], files=LISTS)
    channel = RecordingNotifier()
    with DealsServer(tables) as server:
        sections = {"bse": {"enabled": False}, **server.settings()}
        chosen = {"exchanges": sections, "enrichers": ["model", "rules"]}
        with make_app(
            plugins=[backfin_deals, ("model", Plugin())],
            notifiers=[channel],
            settings=chosen,
            clock=FrozenClock(EVENING),
        ) as app:
            app.store.watches.put(make_watch("deals", "event_type = deal", phase=Phase.ENRICHED))
            poll(app, "nse_deals")

            assert len(channel.alerts) == 1


def test_an_evening_s_deal_is_not_old_the_next_morning() -> None:
    tables = Tables(nse_bulk=[nse_deal(1, BEFORE)], nse_trades=[nse_trade(1, BEFORE)], files=LISTS)
    with listening(tables) as (app, channel, _):
        app.clock.set(EVENING.replace(hour=8))
        app.store.watermarks.advance("nse_deals", BEFORE)
        poll(app, "nse_deals")

        assert len(channel.alerts) == 2


def test_the_recorded_rows_are_told_one_by_one() -> None:
    folder = shared()
    if folder is None:
        pytest.skip("there is no recorded material beside the project")
    tables = Tables(
        bse_trades=None,
        download=recorded_download(folder),
        nse_bulk=recorded_deals(folder, "bulk"),
        nse_block=recorded_deals(folder, "block"),
    )
    with listening(tables) as (app, _channel, _server):
        for day, name in (("2026-01-15", "bse_deals"), ("2025-12-01", "nse_deals")):
            app.run_inline([Next(f"backfin.scrape.{name}", name, {"day": day})])

        stored = app.store.announcements.select()
        assert Counter(one.state for one in stored) == {State.MATCHED: len(tables.download or ()) + 2}
        assert len({one.filing_id for one in stored}) == len(stored)
        roles = Counter(
            mention.role for one in stored for mention in app.store.investors.mentions(one.announcement_id)
        )
        assert roles == {"buyer": 13, "seller": 3, "pledgor": 3}
