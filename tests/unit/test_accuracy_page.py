"""The page about accuracy shows the recorded figures, and the floors follow from them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.gold import record, silver

from backfin.evaluation.gold import load_gold
from backfin.evaluation.limits import COUNTS, MARGINS


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return dict(json.loads(record.FIGURES.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def page() -> str:
    return record.PAGE.read_text(encoding="utf-8")


def test_the_tables_of_the_page_are_those_of_the_record(figures: Mapping[str, Any], page: str) -> None:
    drawn = record.tables(figures)

    assert set(re.findall(r"<!-- table (.+?) -->", page)) == set(drawn)
    assert record.with_tables(page, drawn) == page


def test_the_floors_are_the_recorded_figures_less_their_margins(figures: Mapping[str, Any]) -> None:
    floors = json.loads(record.FLOORS.read_text(encoding="utf-8"))

    assert floors == record.floors(figures)
    assert all(set(section) == {*MARGINS, *COUNTS} for section in floors.values())


def test_the_record_is_about_the_labels_that_are_there(figures: Mapping[str, Any], page: str) -> None:
    counts = {name: len(load_gold(record.HERE / f"{name}.jsonl")) for name in ("tune", "held_out")}

    assert counts == {name: figures[name]["filings"] for name in counts}
    assert all(f"| {count} |" in page for count in counts.values())


def test_the_page_lists_every_key_of_the_figures(page: str) -> None:
    missing = [name for name in (*MARGINS, *COUNTS) for part in name.split(".") if part not in page]

    assert missing == []


def test_silver_labels_stand_for_labels_that_exist_and_the_page_counts_them_right(
    page: str, shared: Path
) -> None:
    met, apart = silver.differences(shared / "fixtures")
    telling = sum(count for (_, label), count in met.items() if label in silver.MEANS)

    rows = re.findall(r"^\| .+ \| (\d+) \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    assert [sum(column) for column in zip(*(map(int, row) for row in rows[-3:]), strict=True)] == [
        sum(met.values()),
        telling,
        len(apart),
    ]
