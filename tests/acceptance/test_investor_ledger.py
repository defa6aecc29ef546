"""The commands of the investor ledger: timelines, groups, lists in and out."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backfin.storage import Store
from processes import Cli
from store_contract.investor_exports import fill
from store_contract.timelines import ASHA


@pytest.fixture
def store(cli: Cli) -> Iterator[Store]:
    """A store with filings that tell of somebody."""
    with closing(Store(f"sqlite:///{cli.home / 'backfin.db'}")) as store:
        store.upgrade()
        fill(store)
        yield store


def test_a_timeline_lists_events_and_what_they_come_to(cli: Cli, store: Store) -> None:
    told = cli.json("investor", "timeline", "asha kumari MEHRA")
    none = cli.json("investor", "timeline", ASHA, "--until", "2026-06-30")
    shown = cli.run("investor", "timeline", ASHA).stdout

    assert [(one["action"], one["quantity"], one["post_pct"]) for one in told["events"]] == [
        ("holds", 90, None),
        ("bought", 1000, "7.25"),
    ]
    assert told["events"][1]["from_facts"]["post_pct"] == {
        "page": 3,
        "quote": "post_pct is 7.25",
        "status": "stated",
    }
    assert [(one["action"], one["quantity"]) for one in told["totals"]] == [("bought", 1000)]
    assert (none["events"], none["totals"]) == ([], [])
    assert ("also MEHRA ASHA KUMARI" in shown, "7.25 %" in shown, "Totals" in shown) == (True, True, True)


def test_groups_are_shown_filled_and_corrected(cli: Cli, store: Store) -> None:
    cli.run("investor", "group", "add", "Pine Ltd", "Vimal Bora", "--kind", "family", "--by", "asha")
    members = cli.json("investor", "group", "show", "vimal bora")
    groups = cli.json("investor", "group", "show")
    cli.run("investor", "group", "remove", ASHA, "Vimal Bora")

    assert [(one["name"], one["relation"], one["said_by"]) for one in members] == [
        (ASHA, "wife", []),
        ("Pine Ltd", "", ["asha"]),
    ]
    assert {"label": "Vimal Bora", "kind": "family", "members": 2} in groups
    assert [one["name"] for one in cli.json("investor", "group", "show", "Vimal Bora")] == ["Pine Ltd"]
    shown = cli.json("investor", "show", ASHA)
    assert [one["label"] for one in shown["groups"]] == ["Saraswati Cables Ltd"]
    assert [one["value"] for one in shown["identifiers"]] == ["01234567", "234F"]
    assert "DIN 01234567; PAN 234F" in cli.run("investor", "show", ASHA).stdout


def test_a_list_is_tried_then_taken_in(cli: Cli, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        f"name;alias;pan\nRavi Bose;R. Bose;ABCPB1234F\n{ASHA};;\nTotal;;\n", encoding="utf-8-sig"
    )

    tried = cli.json("investor", "import", str(file), "--dry-run", code=1)
    before = cli.json("investor", "list", "--query", "Ravi Bose")
    taken = cli.json("investor", "import", str(file), code=1)
    again = cli.run("investor", "import", str(file), code=1).stdout

    assert before == []
    assert (tried.pop("dry_run"), taken.pop("dry_run")) == (True, False)
    assert tried == taken
    assert (taken["added"], taken["known"], taken["refused"]) == (1, 1, 1)
    assert taken["lines"][0]["line"] == 4
    assert "0 added, 0 joined, 2 known already, 1 refused" in again
    assert cli.json("investor", "show", "R. Bose")["name"] == "Ravi Bose"
    assert b"ABCPB1234F" not in (cli.home / "backfin.db").read_bytes()


def test_the_book_is_written_in_every_format(cli: Cli, store: Store, tmp_path: Path) -> None:
    for name in ("csv", "jsonl", "ftm", "parquet"):
        cli.run("investor", "export", "--format", name, "--output", str(tmp_path / f"book.{name}"))

    with (tmp_path / "book.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (tmp_path / "book.jsonl").read_text().splitlines()]
    entities = [json.loads(line) for line in (tmp_path / "book.ftm").read_text().splitlines()]
    assert [row["investor_id"] for row in rows] == [line["investor_id"] for line in lines]
    assert {tuple(one) for one in entities} == {("id", "schema", "properties")}
    parquet = pytest.importorskip("pyarrow.parquet")
    assert parquet.read_table(tmp_path / "book.parquet").num_rows == len(rows)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("timeline", "Nobody"), "No investor goes by"),
        (("timeline", ASHA, "--since", "yesterday"), "YYYY-MM-DD"),
        (("group", "show", "Nobody's"), "Nobody belongs to a group"),
        (("group", "add", ASHA, "Bora", "--kind", "famly"), "did you mean 'family'"),
        (("group", "remove", ASHA, "Bora"), "Nothing says that it belongs"),
        (("import", "/no/such.csv"), "cannot be read"),
        (("export", "--format", "xml", "--output", "x"), "There is no format"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    cli: Cli, store: Store, arguments: tuple[str, ...], said: str
) -> None:
    done = cli.run("investor", *arguments, code=2)

    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
