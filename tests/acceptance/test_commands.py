"""The commands as a user calls them: keys of their JSON, exit codes, one sentence for a mistake."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backfin.embedded import EmbeddedServer
from backfin.testing.llm_server import LlmServer, plain_reply
from backfin.testing.pdf import one_page_pdf
from processes import BIN, DAY, Cli, Exchange, made_day


def test_a_day_goes_from_the_exchange_into_every_listing_and_export(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    cli.environment = start_exchange(*made_day(12)).environment
    output = cli.home / "announcements.jsonl"

    scraped = cli.json("scrape", "bse", "--day", DAY)
    planned = cli.json("replay", DAY, "--dry-run")
    replayed = cli.json("replay", DAY, "--wait")
    (day,) = cli.json("day", DAY)
    page = cli.json("announcements", "--event-type", "order_win", "--limit", "5")
    rest = cli.json("announcements", "--event-type", "order_win", "--after", page["next"])
    before = cli.run("export", "announcements", "--until", "2026-07-14", "--output", str(output))
    until = cli.run("export", "announcements", "--until", DAY, "--output", str(output))

    assert (12, 12, 12) == (scraped["expected"], scraped["seen"], scraped["new"])
    assert 12 == planned["selected"]
    named = {"run_id", "selected", "done", "failed", "new", "changed", "notified", "seconds"}
    assert named <= replayed.keys()
    assert (12, 12, 0, True) == (day["expected"], day["stored"], day["missing"], day["complete"])
    ids = [item["announcement_id"] for item in page["items"] + rest["items"]]
    assert 12 == len(ids) == len(set(ids))
    assert "0 rows" in before.stderr
    assert "12 rows" in until.stderr
    rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert set(ids) == {row["announcement_id"] for row in rows}
    assert {"exchange", "isin", "state"} <= rows[0].keys()
    assert rows[0]["disseminated_at"].endswith("+05:30")


def test_a_watch_is_tried_on_what_is_stored_and_sends_nothing(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    cli.environment = start_exchange(*made_day(4)).environment
    cli.run("watch", "add", "orders", "event_type = order_win", "--to", "console:", "--phase", "both")
    cli.json("replay", DAY, "--wait")

    by_name = cli.json("watch", "test", "orders", "--since", DAY)
    by_rule = cli.json("watch", "test", "order_value > 2 crore", "--since", DAY)
    missed = cli.json("watch", "test", "event_type = order_win and order_value > 2 crore", "--since", DAY)
    cli.run("export", "deliveries", "--output", str(cli.home / "deliveries.jsonl"))

    assert ["order_value ₹1.50 crore, wanted > 2 crore"] == [item["why"] for item in missed["near_misses"]]
    assert [{"condition": "order_value > 2 crore", "count": 1}] == missed["near_miss_counts"]
    assert {"flash": 0, "enriched": 4} == {
        phase: sum(item["phase"] == phase for item in by_name["items"]) for phase in ("flash", "enriched")
    }
    assert [{"day": DAY, "count": 3}] == by_rule["days"]
    assert "" == (cli.home / "deliveries.jsonl").read_text()


def test_a_watch_with_a_digest_collects_and_its_days_are_shown_and_sent_by_hand(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    cli.environment = start_exchange(*made_day(4)).environment
    told = cli.home / "told.jsonl"
    daily = ("--phase", "both", "--cadence", "digest", "--at", "09:05", "--zone", "America/New_York")
    cli.run("watch", "add", "orders", "event_type = order_win", "--to", f"file:{told}", *daily)
    cli.json("replay", DAY, "--notify", "--wait")

    (listed,) = cli.json("watch", "list")
    tried = cli.json("watch", "test", "orders", "--since", DAY)
    shown = cli.json("digest", "--since", DAY, "--until", DAY, "--rule", "event_type = order_win")
    page = cli.run("digest", "--since", DAY, "--until", DAY, "--html").stdout
    cli.run("export", "deliveries", "--output", str(cli.home / "deliveries.jsonl"))
    assert not told.exists()
    cli.run("digest", "--since", DAY, "--until", DAY, "--to", f"file:{told}")

    assert ("digest", "09:05", "America/New_York") == (
        listed["cadence"],
        listed["digest_at"],
        listed["digest_zone"],
    )
    assert ["enriched"] * 4 == [item["phase"] for item in tried["items"]]
    assert (4, 0) == (shown["count"], shown["more"])
    assert page.startswith("<!DOCTYPE html>")
    rows = [json.loads(line) for line in (cli.home / "deliveries.jsonl").read_text().splitlines()]
    assert ["collected"] * 4 == [row["state"] for row in rows]
    assert "digest" == json.loads(told.read_text())["kind"]


def test_an_investor_that_is_added_is_found_by_any_spelling(cli: Cli) -> None:
    added = cli.json("investor", "add", "Asha  Mehra", "--kind", "person")
    again = cli.json("investor", "add", "Asha Mehra")

    shown = cli.json("investor", "show", "asha mehra")

    assert ("verified", "person", ["Asha Mehra"]) == (added["status"], added["kind"], added["names"])
    assert added == again == shown


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


def test_a_local_file_is_tried_with_a_model_in_a_fresh_home(cli: Cli, tmp_path: Path) -> None:
    filing = tmp_path / "filing.pdf"
    filing.write_bytes(
        one_page_pdf("We have received an order worth Rs. 12.50 crore from Example Rail Limited.")
    )

    with LlmServer(lambda _request: plain_reply(category="New Order", event_type="order_win")) as server:
        cli.environment = {
            "BACKFIN_LLM__API_KEY": "any",
            "BACKFIN_LLM__MODEL": "small",
            "BACKFIN_LLM__BASE_URL": server.url,
        }
        tried = cli.json("try", str(filing))

    assert ("llm", "order_win") == (tried["enrichment"]["enricher"], tried["enrichment"]["event_type"])


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
        (("watch", "add", "a", "*", "--to", "console:", "--at", "09:00"), 2),
        (("watch", "add", "a", "*", "--to", "console:", "--cadence", "digest", "--at", "9"), 2),
        (("watch", "add", "a", "*", "--to", "console:", "--cadence", "digest", "--zone", "Mars"), 2),
        (("digest", "d_none"), 2),
        (("digest", "d_none", "--since", DAY), 2),
        (("digest", "--since", DAY, "--until", "2026-07-14"), 2),
        (("try", "/no/such/file.pdf"), 2),
        (("try", "/tmp"), 2),
        (("replay",), 2),
        (("replay", DAY, "--to", "2026-07-14", "--dry-run"), 2),
        (("replay", DAY, "--exchange", "nowhere", "--dry-run"), 2),
        (("replay", "--ids", "bse:none", "--dry-run"), 2),
        (("scrape", "bse", "--day", "9999-01-01"), 2),
        (("day", "9999-01-01"), 2),
        (("announcements", "--since", DAY, "--until", "2026-07-14"), 2),
        (("announcements", "--event-type", "order_wn"), 2),
        (("announcements", "--category", "New Ordr"), 2),
        (("announcements", "--isin", "nonsense"), 2),
        (("announcements", "--limit", "0"), 2),
        (("anouncements",), 2),
        (("investor", "show", "Nobody"), 2),
        (("watch", "add", "", "*", "--to", "console:"), 2),
        (("db", "downgrade", "nonsense"), 2),
        (("run", "list", "--kind", "polls"), 2),
        (("export", "mentions", "--output", "/tmp"), 2),
    ],
)
def test_a_mistake_gets_a_sentence_and_its_exit_code(cli: Cli, arguments: tuple[str, ...], code: int) -> None:
    done = cli.run(*arguments, code=code)

    assert done.stderr.startswith("backfin: ")
    assert "Traceback" not in done.stderr
    assert "" == done.stdout


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("BACKFIN_REDIS_URL", "nonsense", 2),
        ("BACKFIN_REDIS_URL", "redis://127.0.0.1:1/0", 3),
        ("BACKFIN_DATABASE_URL", "mysql://u:hunter2@host/name", 2),
        ("BACKFIN_DATABASE_URL", "postgresql://u:hunter2@127.0.0.1:1/name", 3),
        ("BACKFIN_HOME", "/dev/null", 2),
    ],
)
def test_a_wrong_place_of_redis_or_store_gets_a_sentence(cli: Cli, name: str, value: str, code: int) -> None:
    cli.environment = {name: value}

    done = cli.run("replay", DAY, code=code)

    assert done.stderr.startswith("backfin: ")
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_the_traceback_changes_no_exit_code(cli: Cli) -> None:
    done = cli.run("--debug", "day", "yesterday", code=2)

    assert "Traceback" in done.stderr
    assert "backfin: 'yesterday' is not a day" in done.stderr


def test_the_doctor_names_a_store_that_cannot_be(cli: Cli) -> None:
    cli.environment = {"BACKFIN_DATABASE_URL": "mysql://u:hunter2@host/name"}

    findings = {item["name"]: item for item in cli.json("doctor", code=3)}

    assert not findings["store"]["ok"]
    assert "mysql" in findings["store"]["detail"]
    assert findings["archive"]["ok"]


def test_json_stays_json_on_a_terminal_without_unicode(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    rows, files = made_day(1)
    rows[0]["HEADLINE"] = "Order of ₹5 crore \U0001f600"
    cli.environment = start_exchange(rows, files).environment | {"PYTHONIOENCODING": "ascii"}
    cli.json("scrape", "bse", "--day", DAY)

    page = cli.json("announcements")
    table = cli.run("announcements")

    assert "Order of ₹5 crore \U0001f600" == page["items"][0]["headline"]
    assert r"\u20b95 crore" in table.stdout


def test_a_reader_that_leaves_ends_nothing(cli: Cli) -> None:
    command = (
        f"{BIN / 'backfin'} config --json | head -1; echo ${{PIPESTATUS[0]}}; {BIN / 'backfin'} config >&-"
    )

    done = subprocess.run(
        ["bash", "-c", command], env=cli.env(), capture_output=True, text=True, timeout=100, check=True
    )

    assert "[\n0\n" == done.stdout
    assert "" == done.stderr


def test_ctrl_c_ends_a_demo_with_a_sentence(cli: Cli) -> None:
    demo = subprocess.Popen(
        [str(BIN / "backfin"), "demo"],
        env=cli.env(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A runner in the background ignores Ctrl-C, and what it starts would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (cli.home / "backfin.db").exists():
        time.sleep(0.05)

    demo.send_signal(signal.SIGINT)
    _, said = demo.communicate(timeout=60)

    assert 130 == demo.returncode
    assert said.endswith(
        "backfin: Stopped; everything stored is kept, and the same command goes on from there.\n"
    )


def test_a_replay_goes_to_the_redis_that_this_home_runs(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    cli.environment = start_exchange(*made_day(2)).environment
    with EmbeddedServer(cli.home):
        sent = cli.run("replay", DAY)

    assert sent.stdout.startswith("sent as r_")
    assert "No worker is about yet" in sent.stderr
