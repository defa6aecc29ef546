"""Log lines: their form, their ids, and that no secret is in them."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backfin.bounds import Bounds
from backfin.log import configure
from backfin.settings import MASK, Settings
from backfin.work import working_on

SECRET = "sk-hush-hush"
HOOK_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MAIL_PASSWORD = "correct horse battery"
BOT_TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SLACK_PATH = "T0AB12CD3/B0EF45GH6/Zx8Yw7Vu6Ts5Rq4Po3Nm2Lk1"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Gives logging back as it was found."""
    root, ours, theirs = (logging.getLogger(name) for name in ("", "backfin", "apprise"))
    before = (list(root.handlers), root.level, ours.level, theirs.level)
    yield
    root.handlers[:], root.level, ours.level, theirs.level = before
    logging.Logger.manager._clear_cache()  # type: ignore[attr-defined]


@pytest.fixture
def logged() -> Callable[..., str]:
    """Configures logging, runs something that logs, returns what was written."""

    def logged(write: Callable[[logging.Logger], Any], **settings: Any) -> str:
        stream = io.StringIO()
        notifications = {"webhook_secret": HOOK_KEY, "smtp": {"password": MAIL_PASSWORD}}
        configure(Settings(llm={"api_key": SECRET}, notifications=notifications, **settings), stream)  # type: ignore[arg-type]
        write(logging.getLogger("backfin.steps"))
        return stream.getvalue()

    return logged


def fail_with(log: logging.Logger, text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError as error:
        log.error("it failed", exc_info=error)


def test_a_line_for_people_has_time_level_logger_message_and_ids(logged: Callable[..., str]) -> None:
    record = logging.makeLogRecord(
        {"name": "backfin.steps", "levelno": 20, "levelname": "INFO", "msg": "stored %d", "args": (3,)}
    )
    record.created, record.announcement_id = 1782877500.25, "bse:1"

    line = logged(lambda log: log.handle(record))

    assert line == "2026-07-01 09:15:00 INFO    backfin.steps: stored 3 announcement_id=bse:1\n"


def test_a_line_for_machines_is_one_json_object(logged: Callable[..., str]) -> None:
    text = logged(
        lambda log: log.warning("Zeile\nzwei ₹", extra={"announcement_id": "bse:1", "tries": 2, "odd": {1}}),
        log_format="json",
    )

    entry = json.loads(text)
    assert text.count("\n") == 1
    assert entry.pop("time").endswith("+05:30")
    assert entry == {
        "announcement_id": "bse:1",
        "tries": 2,
        "odd": "{1}",
        "level": "WARNING",
        "logger": "backfin.steps",
        "message": "Zeile\nzwei ₹",
    }


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize(
    "write",
    [
        lambda log: log.error("key %s refused", SECRET),
        lambda log: log.error("refused", extra={"key": SECRET}),
        lambda log: log.error("refused", extra={"keys": [SECRET]}),
        lambda log: log.error("cannot reach redis://:hunter2@host/0"),
        lambda log: fail_with(log, f"{SECRET} and redis://:hunter2@host/0"),
    ],
    ids=["argument", "extra", "nested", "url", "traceback"],
)
def test_no_secret_reaches_the_log(
    logged: Callable[..., str], write: Callable[[logging.Logger], None], form: str
) -> None:
    text = logged(write, log_format=form)

    assert SECRET not in text
    assert "hunter2" not in text
    assert MASK in text


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(SECRET, id="llm key"),
        pytest.param(HOOK_KEY, id="webhook secret"),
        pytest.param(MAIL_PASSWORD, id="mail password"),
        pytest.param(BOT_TOKEN, id="bot token"),
    ],
)
def test_a_secret_is_masked_wherever_it_stands(logged: Callable[..., str], secret: str, form: str) -> None:
    def write(log: logging.Logger) -> None:
        fail_with(log, f"login {secret!r} failed")
        log.error("argument %s", {"nested": [secret]})
        log.error("value", extra={"given": {"deep": {"er": secret}}, "plain": secret})
        log.error("key", extra={f"field {secret}": 1})
        log.error("stack", stack_info=True, extra={"seen": (secret,)})
        with working_on("backfin.notify", f"d_{secret}", secret):
            log.error("at work")

    text = logged(write, log_format=form)

    assert secret not in text
    assert text.count(MASK) >= 7


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        (f"apprise:tgram://{BOT_TOKEN}/-100123", BOT_TOKEN),
        (f"https://api.telegram.org/bot{BOT_TOKEN}/sendMessage", BOT_TOKEN.partition(":")[2]),
        (f"https://hooks.slack.com/services/{SLACK_PATH}", SLACK_PATH),
        ("postgresql+psycopg://backfin:s3cr3t@db:5432/backfin", "s3cr3t"),
        ("smtp://asha:p%40ssw0rd@mail.example.in:587", "p%40ssw0rd"),
        ("https://hook.example.in/in?token=t0k3nt0k3n&x=1", "t0k3nt0k3n"),
    ],
)
def test_the_secret_of_an_address_is_masked_though_no_setting_holds_it(
    logged: Callable[..., str], address: str, secret: str
) -> None:
    text = logged(
        lambda log: log.error("to %s", address, extra={"to": [address], address: 1}), log_format="json"
    )

    assert secret not in text


def test_a_line_says_what_its_thread_works_on(logged: Callable[..., str]) -> None:
    def write(log: logging.Logger) -> None:
        log.warning("before")
        with working_on("backfin.read", "bse:1", "r_1"):
            log.warning("ours")
            logging.getLogger("urllib3.connectionpool").warning("theirs")
            log.warning("told", extra={"item": "bse:2"})
            with working_on("backfin.enrich", "bse:1"):
                log.warning("next")
        log.warning("after")

    lines = [json.loads(line) for line in logged(write, log_format="json").splitlines()]

    assert [(one["message"], one.get("actor"), one.get("item"), one.get("run")) for one in lines] == [
        ("before", None, None, None),
        ("ours", "backfin.read", "bse:1", "r_1"),
        ("theirs", "backfin.read", "bse:1", "r_1"),
        ("told", "backfin.read", "bse:2", "r_1"),
        ("next", "backfin.enrich", "bse:1", None),
        ("after", None, None, None),
    ]
    with working_on("backfin.read", "bse:1", "r_1"):
        assert logged(lambda log: log.warning("x")).endswith(": x actor=backfin.read item=bse:1 run=r_1\n")


def test_the_thread_of_a_bounded_call_works_on_the_same(logged: Callable[..., str]) -> None:
    def write(log: logging.Logger) -> None:
        with working_on("backfin.notify", "d_1"):
            Bounds().observe("channel slow", lambda: log.warning("inside"))

    assert "inside actor=backfin.notify item=d_1" in logged(write)


def test_a_traceback_follows_the_line_and_stays_inside_the_json(logged: Callable[..., str]) -> None:
    console = logged(lambda log: fail_with(log, "boom"))
    entry = json.loads(logged(lambda log: fail_with(log, "boom"), log_format="json"))

    assert "it failed\nTraceback" in console
    assert console.endswith("ValueError: boom\n")
    assert entry["traceback"].endswith("ValueError: boom")


def test_foreign_text_cannot_forge_a_line_or_colour_a_terminal(logged: Callable[..., str]) -> None:
    text = logged(lambda log: log.error("row %s", "a\n2026-07-01 INFO forged\x1b[31m\r"))

    assert text.count("\n") == 1
    assert "a\\n2026-07-01 INFO forged\\x1b[31m\\r" in text


@pytest.mark.parametrize(
    ("level", "expected"),
    [("DEBUG", "dbg inf wrn WRN"), ("INFO", "inf wrn WRN"), ("ERROR", "")],
)
def test_our_lines_follow_the_level_and_others_speak_from_warning_on(
    logged: Callable[..., str], level: str, expected: str
) -> None:
    def write(log: logging.Logger) -> None:
        log.debug("dbg")
        log.info("inf")
        log.warning("wrn")
        logging.getLogger("other.library").info("INF")
        logging.getLogger("other.library").warning("WRN")

    lines = logged(write, log_level=level).splitlines()

    assert " ".join(line.rpartition(" ")[2] for line in lines) == expected


def test_addresses_that_apprise_would_log_stay_secret(logged: Callable[..., str]) -> None:
    said = logged(lambda _: logging.getLogger("apprise").error("Unparseable URL tgram://token/chat"))

    assert said == ""


def test_configuring_twice_writes_each_line_once(logged: Callable[..., str]) -> None:
    logged(lambda log: None)

    text = logged(lambda log: log.error("once"))

    assert text.count("once") == 1
    assert sum(type(handler) is logging.StreamHandler for handler in logging.getLogger().handlers) == 1


def test_lines_go_to_standard_error_and_importing_does_nothing() -> None:
    code = (
        "import logging, backfin.log\n"
        "from backfin.settings import Settings\n"
        "assert not logging.getLogger().handlers\n"
        "backfin.log.configure(Settings())\n"
        "logging.getLogger('backfin').info('hello')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == ""
    assert done.stderr.endswith("INFO    backfin: hello\n")
