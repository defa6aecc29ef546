"""What a store promises about search and export."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from backfin.errors import ConfigError
from backfin.models import State
from backfin.storage import Store, search
from backfin.storage.export import write_export
from store_contract.made import LATER, NOON, announcement, delivery, document, enrichment, investor, mention

HOSTILE = [
    '"',
    "' OR 1=1 --",
    "a AND",
    "NEAR(",
    "*",
    "-",
    "col:x",
    "(",
    ")",
    "^",
    "\x00",
    "\ud800",
    "%",
    "a\\",
]


def ids(store: Store, **conditions: object) -> list[str]:
    """Ids of the first page."""
    return [item["announcement_id"] for item in store.announcements.search(**conditions).items]


class SearchContract:
    """Search is newest first, takes any text, and pages without gaps or doubles."""

    def test_newest_first_whatever_the_order_of_arrival(self, store: Store) -> None:
        for number in (2, 3, 1):
            store.announcements.add([announcement(number)], due_at=LATER)

        assert ids(store) == ["bse:3", "bse:2", "bse:1"]

    def test_pages_follow_each_other_while_rows_land(self, store: Store) -> None:
        store.announcements.add([announcement(n) for n in range(10)], due_at=LATER)

        first = store.announcements.search(limit=4)
        store.announcements.add([announcement(n) for n in range(20, 25)], due_at=LATER)
        second = store.announcements.search(limit=4, after=first.next)
        third = store.announcements.search(limit=4, after=second.next)

        pages = [[int(item["native_id"]) for item in page.items] for page in (first, second, third)]
        assert pages == [[9, 8, 7, 6], [5, 4, 3, 2], [1, 0]]
        assert third.next is None

    def test_conditions_narrow_the_result(self, store: Store) -> None:
        old = announcement(3, disseminated_at=NOON - timedelta(days=3))
        other = announcement(2, isin="INE009A01021")
        store.announcements.add([announcement(1), other, old], due_at=LATER)
        store.enrichments.record(enrichment(1), due_at=LATER)

        assert ids(store, isin="INE009A01021") == ["bse:2"]
        assert ids(store, category="Order Win") == ["bse:1"]
        assert ids(store, event_type="order_win") == ["bse:1"]
        assert ids(store, since=date(2026, 7, 1)) == ["bse:2", "bse:1"]
        assert ids(store, until=date(2026, 6, 30)) == ["bse:3"]
        assert ids(store, category="Order Win", isin="INE009A01021") == []

    def test_words_are_found_however_far_back(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "WALKS", (3, 12))
        items = [
            announcement(
                n, body=f"word{n % 4} kept{n // 15}", isin="INE009A01021" if n % 2 else "INE002A01018"
            )
            for n in range(20)
        ]
        store.announcements.add(items, due_at=LATER)
        for n in range(0, 20, 3):
            store.enrichments.record(enrichment(n), due_at=LATER)

        def numbers(**asked: Any) -> list[int]:
            return [int(key.partition(":")[2]) for key in ids(store, **asked)]

        assert numbers(query="kept1") == [19, 18, 17, 16, 15]
        assert numbers(query="word1 kept0") == [13, 9, 5, 1]
        assert numbers(query="word1", isin="INE009A01021") == [17, 13, 9, 5, 1]
        assert numbers(query="word1", isin="INE002A01018") == []
        assert numbers(query="word1", category="Order Win") == [9]
        assert numbers(query="kept0", category="Order Win") == [12, 9, 6, 3, 0]
        assert numbers(query="word2", event_type="order_win", isin="INE002A01018") == [18, 6]
        assert numbers(query="kept0", category="Buyback") == []
        assert numbers(query="never") == []
        first = store.announcements.search(query="word2", limit=2)
        second = store.announcements.search(query="word2", limit=5, after=first.next)
        assert [int(one["native_id"]) for page in (first, second) for one in page.items] == [18, 14, 10, 6, 2]

    def test_all_words_must_be_there_wherever_they_stand(self, store: Store) -> None:
        store.announcements.add([announcement(1), announcement(2, issuer_name="L&T Finance")], due_at=LATER)

        assert ids(store, query="electricity RECEIPT saraswati") == ["bse:1"]
        assert ids(store, query="L&T order") == ["bse:2"]
        assert ids(store, query="electricity missing") == []
        assert ids(store, query="  ") == ["bse:2", "bse:1"]

    @pytest.mark.parametrize(
        "bounds", [(search.FEW, search.SOME, search.MANY), (0, 9, 2), (0, 9, 99), (0, 0, 0)]
    )
    def test_words_of_one_issuer_within_some_days_are_found_page_by_page(
        self, store: Store, bounds: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, bound in zip(("FEW", "SOME", "MANY"), bounds, strict=True):
            monkeypatch.setattr(search, name, bound)
        isins = ("INE002A01018", "INE009A01021")
        items = [announcement(n, body="copper", isin=isins[n % 2]) for n in range(8)]
        items += [announcement(8, body="pipes", isin=isins[0])]
        store.announcements.add(items, due_at=LATER)
        day = items[0].disseminated_at.date()
        asked = {"query": "copper", "isin": isins[0], "since": day, "until": day}

        first = store.announcements.search(limit=3, **asked)
        second = store.announcements.search(limit=3, after=first.next, **asked)
        before = store.announcements.search(**asked | {"until": day - timedelta(days=1), "since": None})

        pages = [[int(item["native_id"]) for item in page.items] for page in (first, second, before)]
        assert [[6, 4, 2], [0], []] == pages

    def test_hindi_words_are_found_whole(self, store: Store) -> None:
        store.announcements.add([announcement(1, body="बिजली बोर्ड से आदेश"), announcement(2)], due_at=LATER)

        assert ids(store, query="बोर्ड") == ["bse:1"]

    def test_an_enrichment_is_found_and_its_forerunner_no_longer(self, store: Store) -> None:
        store.announcements.add([announcement(1)], due_at=LATER)
        store.enrichments.record(enrichment(1), due_at=LATER)
        before = ids(store, query="transformers saraswati")

        store.enrichments.record(
            enrichment(1, enrichment_id="e_2", headline="Wins cables", summary=""), due_at=LATER
        )

        assert before == ["bse:1"]
        assert ids(store, query="transformers") == []
        assert ids(store, query="wins cables") == ["bse:1"]

    @pytest.mark.parametrize("query", HOSTILE)
    def test_any_text_is_a_query(self, store: Store, query: str) -> None:
        store.announcements.add([announcement(1)], due_at=LATER)

        assert ids(store, query=query) in ([], ["bse:1"])
        assert ids(store, query=f"order {query}") in ([], ["bse:1"])

    def test_a_made_up_cursor_is_refused(self, store: Store) -> None:
        with pytest.raises(ConfigError, match="cursor"):
            store.announcements.search(after="nonsense")

    def test_a_result_tells_what_a_list_shows(self, store: Store) -> None:
        store.announcements.add([announcement(1)], due_at=LATER)
        store.enrichments.record(enrichment(1), due_at=LATER)

        found = store.announcements.search().items[0]

        assert found["issuer_name"] == "Saraswati Cables Ltd"
        assert found["state"] == State.ENRICHED
        assert found["materiality"] == 70
        assert found["summary"] == "The order is to be executed in Nagpur."

    def test_a_very_long_body_is_stored_and_found(self, store: Store) -> None:
        body = " ".join(f"wörd{n}" for n in range(200_000))
        store.announcements.add([announcement(1, body=body)], due_at=LATER)

        assert ids(store, query="wörd7") == ["bse:1"]


def _filled(store: Store) -> None:
    store.announcements.add([announcement(1), announcement(2)], due_at=LATER)
    store.documents.record("bse:1", [document()], filing_id="f_1", due_at=LATER)
    store.enrichments.record(enrichment(1), due_at=LATER)
    store.investors.record("bse:1", [investor()], [mention()], due_at=LATER)
    store.deliveries.record("bse:1", [delivery()], due_at=LATER, state=State.MATCHED)


class ExportContract:
    """Exports stream the columns of the interface."""

    @pytest.mark.parametrize(
        ("kind", "count"), [("announcements", 2), ("enrichments", 1), ("mentions", 1), ("deliveries", 1)]
    )
    @pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
    def test_every_kind_in_every_format(
        self, store: Store, tmp_path: Path, kind: str, count: int, format: str
    ) -> None:
        _filled(store)
        columns, rows = store.exports.export(kind, date(2026, 7, 1))
        output = tmp_path / "out" / f"rows.{format}"

        written = write_export(columns, rows, output, format)

        assert written == count
        assert [path.name for path in output.parent.iterdir()] == [output.name]

    def test_json_lines_keep_times_digits_and_lists(self, store: Store, tmp_path: Path) -> None:
        _filled(store)
        for kind in ("announcements", "mentions", "enrichments"):
            write_export(*store.exports.export(kind), tmp_path / kind, "jsonl")

        first = json.loads((tmp_path / "announcements").read_text().splitlines()[0])
        mentioned = json.loads((tmp_path / "mentions").read_text())
        enriched = json.loads((tmp_path / "enrichments").read_text())
        assert first["disseminated_at"] == "2026-07-01T12:00:01+05:30"
        assert mentioned["price_inr"] == "12.345678901234567890"
        assert mentioned["quantity"] == 10**20
        assert enriched["flags"] == ["unaudited"]

    def test_csv_has_a_header_and_json_in_cells(self, store: Store, tmp_path: Path) -> None:
        _filled(store)
        write_export(*store.exports.export("enrichments"), tmp_path / "rows.csv", "csv")

        with (tmp_path / "rows.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert json.loads(rows[0]["flags"]) == ["unaudited"]
        assert rows[0]["announcement_id"] == "bse:1"

    def test_since_counts_the_day_of_the_announcement(self, store: Store) -> None:
        _filled(store)

        assert list(store.exports.export("mentions", date(2026, 7, 2))[1]) == []

    def test_an_unknown_kind_is_refused(self, store: Store) -> None:
        with pytest.raises(ConfigError, match="announcements"):
            store.exports.export("secrets")
