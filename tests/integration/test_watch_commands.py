"""Watches and deliveries on the command line: what is typed is checked, and every refusal says what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from backfin import Backfin
from backfin.cli.delivery import _words
from backfin.cli.main import app as commands
from backfin.clock import day_of
from backfin.diagnosis.parts import notifications_finding
from backfin.errors import BackfinError, ConfigError, RecipientGone
from backfin.models import DeliveryState, Limits, Watch
from backfin.notifications.channels import FileNotifier
from backfin.storage.announcements import Announcements
from backfin.testing import make_announcement
from store_contract.book import KNOWN, NEAR, SWAPPED, as_before_names_were_compared, read
from store_contract.made import delivery


def run(*arguments: str) -> str:
    """Runs a command in this process and returns what it printed to stdout, where threads of others may not write.

    Raises:
        BackfinError: It refused.
    """
    return _done(*arguments).stdout


def said(*arguments: str) -> str:
    """Runs a command as :func:`run` does and returns all that it printed."""
    return _done(*arguments).output


def _done(*arguments: str) -> Result:
    done = CliRunner().invoke(commands, list(arguments), standalone_mode=False)
    if isinstance(done.exception, BackfinError):
        raise done.exception
    assert done.exception is None, done.exception
    return done


def refusal(*arguments: str) -> str:
    """The sentence with which a command refuses."""
    with pytest.raises(ConfigError) as caught:
        run(*arguments)
    return str(caught.value)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Backfin]:
    """Backfin on the home of the commands."""
    app = Backfin()
    app.store.prepare()
    yield app
    app.close()


def add(*options: str, to: str = "console:") -> str:
    return run("watch", "add", "orders", "order", "--to", to, *options)


def only(home: Backfin) -> Watch:
    (watch,) = home.store.watches.list()
    return watch


def test_limits_are_kept_shown_and_given_up(home: Backfin) -> None:
    add("--quiet", "22:00-07:00", "--zone", "Asia/Dubai", "--max-a-day", "20", "--burst", "5/15")

    assert only(home).limits == Limits(
        quiet="22:00-07:00", zone="Asia/Dubai", max_a_day=20, burst=5, burst_minutes=15
    )
    assert "instant quiet 22:00-07:00 20 a day 5 in 15 min Asia/Dubai" in run("watch", "list")
    add()
    assert only(home).limits is None


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--quiet", "22:00"], "write them as HH:MM-HH:MM"),
        (["--quiet", "22:00-25:00"], "write it as HH:MM"),
        (["--quiet", "07:00-07:00"], "write two times of day"),
        (["--quiet", "22:00-07:00", "--zone", "India"], "write one like Asia/Kolkata"),
        (["--zone", "Asia/Kolkata"], "add one of them"),
        (["--at", "09:00"], "add --cadence digest"),
        (["--max-a-day", "0"], "at least 1"),
        (["--burst", "5"], "write it as N/MINUTES"),
        (["--burst", "0/10"], "write it as N/MINUTES"),
        (["--burst", "5/2000"], "1440 minutes at most"),
        (["--cadence", "digest", "--max-a-day", "5"], "leave out --quiet"),
    ],
)
def test_bad_limits_are_refused_with_what_to_do(home: Backfin, options: list[str], advice: str) -> None:
    with pytest.raises(ConfigError, match=advice):
        add(*options)
    assert home.store.watches.list() == []


def test_limits_need_a_channel_that_takes_several_filings_at_once(
    home: Backfin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FileNotifier, "send_digest", None)
    add(to="file:/tmp/alerts.jsonl")

    with pytest.raises(ConfigError, match="takes no digests; use --cadence instant for it, without --quiet"):
        add("--quiet", "22:00-07:00", to="file:/tmp/alerts.jsonl")


def test_a_watch_is_shown_as_json_by_what_changes_it(home: Backfin) -> None:
    added = json.loads(add("--json", to="file:///srv/x.jsonl"))
    assert [added] == json.loads(run("watch", "list", "--json"))
    assert added["addresses"] == ["file:/srv/x.jsonl"]

    muted = json.loads(run("watch", "mute", "orders", "--until", "2099-01-02", "--json"))
    spoken = json.loads(run("watch", "unmute", "orders", "--json"))
    removed = json.loads(run("watch", "remove", "Orders", "--json"))

    assert (muted["muted_until"] is not None, spoken, removed) == (True, added, added)
    assert home.store.watches.list() == []


def test_an_address_whose_channel_is_not_set_up_is_kept_and_told(
    home: Backfin, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ["watch", "add", "orders", "order", "--to", "mailto:desk@oak.example"]
    done = CliRunner().invoke(commands, wanted)

    assert only(home).addresses == ("mailto:desk@oak.example",)
    assert (done.exit_code, done.stderr) == (
        1,
        "The watch is stored, but nothing can be sent to mailto:d…@oak.example yet: E-mail is off until "
        "BACKFIN_NOTIFICATIONS__SMTP__HOST and BACKFIN_NOTIFICATIONS__SMTP__SENDER are set.\n",
    )
    found = notifications_finding(home)
    assert (found.ok, found.detail.partition(":")[0]) == (False, "orders")
    assert "BACKFIN_NOTIFICATIONS__SMTP__HOST" in found.detail
    assert "Set what is named here" in found.fix

    monkeypatch.setenv("BACKFIN_NOTIFICATIONS__SMTP__HOST", "mail.oak.example")
    assert "SMTP__SENDER is the address" in CliRunner().invoke(commands, wanted).stderr
    monkeypatch.setenv("BACKFIN_NOTIFICATIONS__SMTP__SENDER", "alerts@oak.example")
    assert CliRunner().invoke(commands, wanted).exit_code == 0


def test_an_address_of_a_service_that_is_not_installed_is_kept_and_told(
    home: Backfin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    done = CliRunner().invoke(commands, ["watch", "add", "orders", "order", "--to", "apprise:tgram://1/2"])

    assert (done.exit_code, len(home.store.watches.list())) == (1, 1)
    assert "pip install 'backfin[apprise]'" in done.stderr
    assert "pip install" in notifications_finding(home).detail


def test_a_watch_is_muted_until_a_moment_in_its_zone_and_speaks_again(home: Backfin) -> None:
    add("--quiet", "22:00-07:00", "--zone", "Asia/Dubai")

    said = run("watch", "mute", "Orders", "--until", "2099-01-02T09:30")
    assert said == "muted until 2099-01-02 09:30 Asia/Dubai: orders\n"
    assert only(home).muted_until == datetime(2099, 1, 2, 5, 30, tzinfo=UTC)
    assert "muted until 2099-01-02 11:00 IST" in run("watch", "list")
    add()
    assert only(home).muted_until is not None, "changing a watch lets it speak"

    run("watch", "unmute", "orders")
    assert only(home).muted_until is None
    assert refusal("watch", "unmute", "orders") == "The watch 'orders' is not muted."


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["mute", "nobody", "--until", "2099-01-01"], "`backfin watch list` shows them"),
        (["unmute", "nobody"], "`backfin watch list` shows them"),
        (["mute", "orders", "--until", "2020-01-01"], "give a later moment"),
        (["mute", "orders", "--until", "soon"], "write it as YYYY-MM-DD"),
        (["mute", "orders", "--until", "2099-01-01T9"], "write it as HH:MM"),
    ],
)
def test_bad_muting_is_refused_with_what_to_do(home: Backfin, arguments: list[str], advice: str) -> None:
    add()

    assert advice in refusal("watch", *arguments)


@pytest.fixture
def failed(home: Backfin, tmp_path: Path) -> str:
    """A delivery to a file that failed."""
    add(to=f"file:{tmp_path / 'told.jsonl'}")
    now = home.clock.now()
    home.store.announcements.add([make_announcement(announcement_id="bse:1")], due_at=now)
    one = delivery(
        watch_id=only(home).watch_id, address=f"file:{tmp_path / 'told.jsonl'}", created_at=now, filing_id="f"
    )
    home.store.deliveries.record("bse:1", [one], due_at=now)
    home.store.deliveries.claim(one.delivery_id, due_at=now + timedelta(days=1))
    home.store.deliveries.fail(one.delivery_id, "The folder was not there.", attempt=1)
    return one.delivery_id


def listed(*options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("delivery", "list", "--json", *options))
    return found


def test_deliveries_are_listed_by_state_watch_and_day(home: Backfin, failed: str) -> None:
    (shown,) = listed(
        "--state", "Failed", "--watch", "ORDERS", "--since", day_of(home.clock.now()).isoformat()
    )

    assert (shown["delivery_id"], shown["watch"], shown["error"]) == (
        failed,
        "orders",
        "The folder was not there.",
    )
    assert shown["headline"]
    assert listed("--state", "sent") == []
    assert failed in run("delivery", "list")


def test_a_delivery_is_shown_with_its_tries_and_what_to_do(failed: str) -> None:
    shown = json.loads(run("delivery", "show", failed, "--json"))

    assert [(one["number"], one["outcome"], one["error"]) for one in shown["attempts"]] == [
        (1, "failed", "The folder was not there.")
    ]
    text = run("delivery", "show", failed)
    assert "state: failed" in text
    assert "`backfin delivery resend ID` then sends it" in text


def test_a_list_of_deliveries_asks_for_all_announcements_at_once(
    home: Backfin, failed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Announcements, "find", None)

    assert [one["headline"] for one in listed()] == [make_announcement().headline]


def test_comparing_investors_says_what_came_of_it(home: Backfin) -> None:
    as_before_names_were_compared(home.store, 1, KNOWN)
    as_before_names_were_compared(home.store, 2, SWAPPED)

    first = json.loads(run("investor", "compare", "--limit", "1", "--json"))
    said = run("investor", "compare")

    assert first == {"investors": 2, "linked": 1, "reviews": 0, "waiting": 0}
    assert said == "0 investors compared, 0 linked, 0 pairs put up for review.\n"


def test_an_export_says_what_it_wrote(failed: str, tmp_path: Path) -> None:
    output = str(tmp_path / "told.csv")

    said = json.loads(run("export", "deliveries", "--format", "csv", "--output", output, "--json"))
    book = json.loads(run("investor", "export", "--output", output, "--json"))

    assert said == {"table": "deliveries", "format": "csv", "output": output, "rows": 1}
    assert book == {"table": "investors", "format": "jsonl", "output": output, "rows": 0}


def test_a_delivery_is_shown_in_words(home: Backfin, failed: str) -> None:
    home.resend([failed])

    told = dict(line.partition(": ")[::2] for line in run("delivery", "show", failed).splitlines())

    assert told["sent at"].endswith(" IST")
    assert told["address"].startswith("file:/")
    assert not any("{" in value or "[" in value for value in told.values())


def test_what_a_channel_answered_is_shown_in_words() -> None:
    receipt = {"provider_id": "<d_1@oak.example>", "detail": {"status": 200, "note": None}}

    assert _words("receipt", receipt) == "provider id <d_1@oak.example>, status 200"


def test_a_delivery_is_sent_again_by_its_id_or_with_all_that_failed(
    home: Backfin, failed: str, tmp_path: Path
) -> None:
    assert said("delivery", "resend", "--unsure").startswith("There are no such deliveries")

    assert run("delivery", "resend", "--failed") == f"sent: {failed}\n"

    assert home.store.deliveries.get(failed).state is DeliveryState.SENT
    assert json.loads((tmp_path / "told.jsonl").read_text())["watches"] == ["orders"]
    assert "--again" in refusal("delivery", "resend", failed)
    run("delivery", "resend", failed, "--again", "--yes")
    assert len((tmp_path / "told.jsonl").read_text().splitlines()) == 2


def test_what_fails_again_says_so_by_its_exit_code(
    home: Backfin, failed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RecipientGone("Still no folder.")

    monkeypatch.setattr(FileNotifier, "send", refuse)
    done = CliRunner().invoke(commands, ["delivery", "resend", failed])

    assert (done.exit_code, done.output.splitlines()[-1]) == (1, f"failed: {failed} (Still no folder.)")


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["list", "--state", "sennt"], "did you mean 'sent'?"),
        (["list", "--watch", "nobody"], "`backfin watch list` shows them"),
        (["list", "--since", "yesterday"], "write it as YYYY-MM-DD"),
        (["show", "d_x"], "`backfin delivery list` shows them"),
        (["resend", "d_x"], "`backfin delivery list` shows them"),
        (["resend"], "Say which deliveries"),
        (["resend", "d_x", "--failed"], "Say which deliveries"),
        (["resend", "d_x", "--again"], "add --yes"),
    ],
)
def test_bad_use_of_deliveries_is_refused_with_what_to_do(
    failed: str, arguments: list[str], advice: str
) -> None:
    assert advice in refusal("delivery", *arguments)


@pytest.mark.parametrize(
    ("spellings", "plain"),
    [
        (
            ["file:/srv/x.jsonl", "file:///srv/x.jsonl", "file:/srv/../srv/./x.jsonl", "FILE:/srv/%78.jsonl"],
            "file:/srv/x.jsonl",
        ),
        (
            ["mailto:Desk@Example.in", "mailto:Desk@example.IN", "MAILTO:Desk%40example.in"],
            "mailto:Desk@example.in",
        ),
        (
            ["https://Hooks.Example.in/Path?K=V", "HTTPS://hooks.example.in/Path?K=V"],
            "https://hooks.example.in/Path?K=V",
        ),
        (["console:", "CONSOLE:"], "console:"),
        (["file:/tmp/100%25 x", "file:/tmp/100%25%20x"], "file:/tmp/100%25 x"),
    ],
)
def test_one_address_however_it_is_written_is_kept_once(
    home: Backfin, monkeypatch: pytest.MonkeyPatch, spellings: list[str], plain: str
) -> None:
    for name in ("HOST", "SENDER"):
        monkeypatch.setenv(f"BACKFIN_NOTIFICATIONS__SMTP__{name}", "alerts@oak.example")

    run("watch", "add", "orders", "order", *(part for one in spellings for part in ("--to", one)))

    assert only(home).addresses == (plain,)


@pytest.mark.parametrize(("written", "scheme"), [("desk@oak.example", "mailto:"), ("/srv/x.jsonl", "file:")])
def test_an_address_without_its_scheme_is_answered_with_the_scheme(
    home: Backfin, written: str, scheme: str
) -> None:
    said = refusal("watch", "add", "orders", "order", "--to", written)

    assert f"has no scheme; write {scheme} in front of it" in said


def test_an_investor_that_may_be_another_is_shown_with_the_doubt(home: Backfin) -> None:
    for number, name in enumerate((KNOWN, NEAR), start=1):
        read(home.store, number, [name])

    assert "link to be reviewed" in run("investor", "show", NEAR)
    assert "link to be reviewed" not in run("investor", "show", KNOWN)


def test_an_address_of_no_channel_is_answered_with_each_scheme_once(home: Backfin) -> None:
    said = refusal("watch", "add", "orders", "order", "--to", "ftp://x")

    assert said.startswith("No channel serves ftp: addresses; give one that starts with ")
    assert said.count("https:") == 1


def test_a_name_that_would_break_a_line_is_refused(home: Backfin) -> None:
    assert "control character" in refusal("watch", "add", "large\norders", "order", "--to", "console:")


def test_names_that_no_plugin_brings_are_refused_in_a_rule(home: Backfin) -> None:
    said = refusal("watch", "add", "x", 'category = "Credit Ratng"', "--to", "console:")
    assert "Did you mean Credit Rating?" in said
    assert "There is no exchange nasdaq" in refusal(
        "watch", "add", "x", "exchange = nasdaq", "--to", "console:"
    )


def test_a_slip_of_a_watchs_name_is_not_taken_as_a_rule(home: Backfin) -> None:
    run("watch", "add", "Large orders", "order", "--to", "console:")

    assert "did you mean 'Large orders'?" in refusal("watch", "test", "large ordrs")
    assert "it is taken as a rule" in said("watch", "test", "dividend")
    assert "taken as a rule" not in run("watch", "test", "(large ordrs)")
    assert json.loads(run("watch", "test", "Large orders", "--json"))["rule"] == "order"


def test_what_is_taken_as_a_rule_is_said_beside_the_json(home: Backfin) -> None:
    done = CliRunner().invoke(commands, ["watch", "test", "dividend", "--json"])

    assert json.loads(done.stdout)["rule"] == "dividend"
    assert "taken as a rule" in done.stderr


def test_a_fact_that_nothing_reads_is_said_though_the_watch_is_kept(home: Backfin) -> None:
    rule = "order_value > 5 crore and not (holding_size > 5 or allottees.pct > 5)"
    added = CliRunner().invoke(commands, ["watch", "add", "big", rule, "--to", "console:"])
    tried = CliRunner().invoke(commands, ["watch", "test", "big", "--json"])

    assert (added.exit_code, only(home).rule) == (1, rule)
    assert [done.stderr.count("reads a fact ") for done in (added, tried)] == [1, 1]
    assert "reads a fact holding_size," in added.stderr


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--since", "0001-01-01"], "give a day from"),
        (["--until", "9999-12-31"], "has not come yet"),
        (["--until", "0001-01-01"], "give a day from"),
    ],
)
def test_days_no_filing_can_have_are_refused(home: Backfin, options: list[str], advice: str) -> None:
    assert advice in refusal("digest", *options)


def test_a_digest_that_is_sent_is_told_in_json(home: Backfin, tmp_path: Path) -> None:
    address = f"file:{tmp_path}/out.jsonl"

    told = json.loads(run("digest", "--to", address, "--json"))

    sent = json.loads((tmp_path / "out.jsonl").read_text())
    assert told == {"sent": [address], "delivery_id": sent["delivery_id"], "count": 0}
    assert "leave out one" in refusal("digest", "--to", "console:", "--json")
