"""Follows two investors through a sample day: a list, a watch, a decision, timelines, and a file of entities."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from backfin import Watch
from backfin.demo import DAY, load_day
from backfin.identity import watch_id
from backfin.investors.listing import read_listing
from backfin.models import Action, Verdict
from backfin.storage.export import write_export
from backfin.testing import FrozenClock, make_app, run_exchange
from backfin.testing.exchange_server import ExchangeServer

HERE = Path(__file__).resolve().parent
EVENING = datetime(2026, 7, 15, 18, 0, tzinfo=UTC)
MINE, HOUSE, LINKED = "V. Kolhatkar", "Kanakdhara Life Insurance", "Sucheta Bapat"

#: Companies whose filings are read here, so that it takes seconds; `backfin demo` reads all.
COMPANIES = ("Palash", "Navrasa", "Lakshyaveer", "Suparna", "Aranyak")

day = load_day()
rows = [row for row in day.rows if str(row["SLONGNAME"]).startswith(COMPANIES)]
with (
    tempfile.TemporaryDirectory() as folder,
    ExchangeServer(rows, day.files.get, issuers=day.issuers) as server,
):
    home = Path(folder)
    bse = {"enabled": True, "api_url": server.api_url, "files_url": server.files_url, "min_interval": 0.0}
    with make_app(home=home, clock=FrozenClock(EVENING), settings={"exchanges": {"bse": bse}}) as app:
        store = app.store

        file = HERE / "investors.csv"
        taken = store.intakes.take(read_listing(file), by="asha", source=file.name)
        print(f"list: {taken.added} added, {taken.refused} refused: {taken.lines[0]['why']}")

        alerts = home / "alerts.jsonl"
        rule = f'investor = "{MINE}"'
        store.watches.put(
            Watch(
                watch_id=watch_id("mine"),
                name="mine",
                rule=rule,
                addresses=(f"file:{alerts}",),
                created_at=EVENING,
            )
        )
        run_exchange(app, "bse", day=DAY.isoformat())
        told = [json.loads(line) for line in alerts.read_text().splitlines()]
        print(f"told of {rule}: {len(told)} filings that write “Vasant Kolhatkar”")

        for link in store.judgements.list():
            print(f"linked by {link['made_by']}: {link['one_name']} = {link['other_name']}")

        for pair in store.reviews.open():
            if pair["known"]["name"] == HOUSE:
                store.reviews.judge(
                    pair["review_id"], Verdict.SAME, by="asha", why="there is one of that name"
                )
                print(f"judged the same: {pair['known']['name']} = {pair['new']['name']}")

        for name in (MINE, HOUSE, LINKED):
            timeline = store.timelines.of(name)
            print(f"{timeline.name}:")
            for event in timeline.events:
                stated = event.quantity or "an unstated number of"
                print(
                    f"  {event.issuer_name}: {event.action.value} {stated} {event.security}, page {event.page}"
                )
            for total in timeline.totals:
                print(f"  in all {total.action.value}: {total.quantity or 'not stated'}, {total.issuer_name}")

        ftm = home / "investors.ftm.json"
        write_export(["id", "schema", "properties"], store.investor_exports.entities(), ftm, "jsonl")
        entities = [json.loads(line) for line in ftm.read_text(encoding="utf-8").splitlines()]
        key = store.investors.find(MINE)
        held = [one["properties"] for one in entities if one["properties"].get("owner") == [key]]
        print("FollowTheMoney:", [(one["percentage"], one["sharesCount"]) for one in held])

        bought = [one for one in store.timelines.of(MINE).events if one.action is Action.BOUGHT]
        assert len(store.timelines.of(LINKED).names) == 2
        assert len(told) == len(store.timelines.of(MINE).events) == 2
        assert [one.from_facts["quantity"].quote for one in bought] == ["bought 48,000 shares"]
