"""The commands as a user calls them: keys of their JSON, exit codes, one sentence for a mistake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from backfin.testing.pdf import one_page_pdf
from processes import DAY, Cli, Exchange, made_day


def test_a_day_goes_from_the_exchange_into_every_listing(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    cli.environment = start_exchange(*made_day(12)).environment

    scraped = cli.json("scrape", "bse", "--day", DAY)
    planned = cli.json("replay", DAY, "--dry-run")
    replayed = cli.json("replay", DAY, "--wait")
    (day,) = cli.json("day", DAY)
    page = cli.json("announcements", "--event-type", "order_win", "--limit", "5")
    rest = cli.json("announcements", "--event-type", "order_win", "--after", page["next"])

    assert (12, 12, 12) == (scraped["expected"], scraped["seen"], scraped["new"])
    assert 12 == planned["selected"]
    assert {
        "run_id",
        "selected",
        "done",
        "failed",
        "new",
        "changed",
        "notified",
        "seconds",
    } <= replayed.keys()
    assert (12, 12, 0, True) == (day["expected"], day["stored"], day["missing"], day["complete"])
    ids = [item["announcement_id"] for item in page["items"] + rest["items"]]
    assert 12 == len(ids) == len(set(ids))


def test_an_export_has_the_promised_columns(cli: Cli, start_exchange: Callable[..., Exchange]) -> None:
    cli.environment = start_exchange(*made_day(3)).environment
    cli.json("replay", DAY, "--wait")
    output = cli.home / "announcements.jsonl"

    cli.run("export", "announcements", "--output", str(output))

    rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert 3 == len(rows)
    assert {"announcement_id", "exchange", "isin", "disseminated_at", "state"} <= rows[0].keys()
    assert rows[0]["disseminated_at"].endswith("+05:30")


def test_a_local_file_is_tried_without_a_store(cli: Cli, tmp_path: Path) -> None:
    filing = tmp_path / "filing.pdf"
    filing.write_bytes(
        one_page_pdf("We have received an order worth Rs. 12.50 crore from Example Rail Limited.")
    )

    tried = cli.json("try", str(filing))

    assert ("text", 1) == (tried["document"]["method"], tried["document"]["pages"])
    assert {"category", "event_type", "headline", "summary", "facts", "flags", "enricher"} <= tried[
        "enrichment"
    ].keys()
    assert not (cli.home / "backfin.db").exists()


def test_settings_are_shown_with_their_source(cli: Cli) -> None:
    rows = {row["key"]: row for row in cli.json("config")}

    assert "BACKFIN_HOME" in rows["home"]["source"]
    assert rows["redis_url"]["value"].startswith("unix://")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("day", "yesterday"), 2),
        (("scrape", "nowhere"), 2),
        (("watch", "add", "a", "order_value >", "--to", "console:"), 2),
        (("watch", "add", "a", "*", "--to", "nonsense"), 2),
        (("try", "/no/such/file.pdf"), 2),
        (("replay",), 2),
    ],
)
def test_a_mistake_gets_a_sentence_and_its_exit_code(cli: Cli, arguments: tuple[str, ...], code: int) -> None:
    done = cli.run(*arguments, code=code)

    assert "backfin: " in done.stderr
    assert "Traceback" not in done.stderr
