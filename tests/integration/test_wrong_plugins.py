"""Everything a plugin can do wrong: what the others still do, and what ``backfin plugins`` says of it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dramatiq.brokers.stub import StubBroker
from dramatiq.worker import Worker
from pydantic import BaseModel, SecretStr

from backfin import Backfin
from backfin.bounds import Limits
from backfin.enrichment.taxonomy import categories
from backfin.interfaces import FeedPage
from backfin.models import Alert, DeliveryState, Receipt, State
from backfin.plugins import hookimpl
from backfin.settings import Settings
from backfin.specs import ActorSpec, Next, RetryPolicy
from backfin.steps import notify
from backfin.testing import FakeExchange, FakePlugin, RecordingNotifier, make_app, make_row, make_watch
from backfin.testing.pdf import one_page_pdf

#: One-file plugins: name → source, the state they are to have, and words of the reason.
WRONG = {
    "import_error": ("raise ImportError('half installed')", "failed", "ImportError: half installed"),
    "missing_dependency": (
        "import no_such_package",
        "failed",
        "ModuleNotFoundError: No module named 'no_such_package'",
    ),
    "syntax_error": ("def backfin_exchanges(:", "failed", "SyntaxError"),
    "leaves": ("import sys\nsys.exit(7)", "failed", "loading it ends the program (exit 7)"),
    "misspelt_hook": (
        "from backfin import hookimpl\n@hookimpl\ndef backfin_notifier(config): return []",
        "failed",
        "unknown hook 'backfin_notifier'; did you mean 'backfin_notifiers'?",
    ),
    "unmarked_hook": ("def backfin_notifiers(config): return []", "failed", "not marked with @hookimpl"),
    "wrong_signature": (
        "from backfin import hookimpl\n@hookimpl\ndef backfin_notifiers(settings, database): return []",
        "failed",
        "database",
    ),
    "wrong_return": (
        "from backfin import hookimpl\n@hookimpl\ndef backfin_notifiers(): return {'telegram': 1}",
        "failed",
        "backfin_notifiers returned a notifier that cannot work: it has no attribute 'name'",
    ),
    "raises": (
        "from backfin import hookimpl\n@hookimpl\ndef backfin_exchanges(): raise KeyError('token')",
        "failed",
        "KeyError: 'token'",
    ),
    "name_clash": (
        "from backfin import hookimpl\nfrom backfin.notifications.channels import ConsoleNotifier\n"
        "@hookimpl\ndef backfin_notifiers(): return [ConsoleNotifier()]",
        "failed",
        "notifier 'console' is offered by both 'channels' and 'name_clash'",
    ),
    "huge_list": (
        "import itertools\nfrom backfin import hookimpl\n@hookimpl\ndef backfin_exchanges(): return itertools.count()",
        "failed",
        "backfin_exchanges returned more than 1000 components",
    ),
    "huge_reason": (
        "raise RuntimeError('x' * 10_000_000)",
        "failed",
        "RuntimeError: xxx",
    ),
    "other_major": (
        "backfin_api = '2.0'\nfrom backfin import hookimpl\n@hookimpl\ndef backfin_on_event(event): pass",
        "incompatible",
        "built for version 2.0",
    ),
    "tells_secrets": (
        "from pydantic import BaseModel\nfrom backfin import hookimpl\n"
        "class Config(BaseModel):\n    token: str\n"
        "@hookimpl\ndef backfin_config_model(): return Config\n"
        "@hookimpl\ndef backfin_notifiers(config): raise RuntimeError(f'cannot log in with {config.token}')",
        "failed",
        "cannot log in with **********",
    ),
    "takes_our_actor": (
        "from backfin import hookimpl\nfrom backfin.specs import ActorSpec\n"
        "@hookimpl\ndef backfin_actors(): return [ActorSpec('backfin.tick', print, 'q')]",
        "failed",
        "starts with 'backfin.'",
    ),
    "no_such_queue": (
        "from backfin import hookimpl\nfrom backfin.specs import ActorSpec\n"
        "@hookimpl\ndef backfin_actors(): return [ActorSpec('deals.read', print, 'no queue!')]",
        "failed",
        "is no queue name",
    ),
    "cancels": (
        "import asyncio\nraise asyncio.CancelledError",
        "failed",
        "loading it raises CancelledError",
    ),
    "cannot_say": (
        "class Odd(Exception):\n    def __str__(self): return 1\nraise Odd",
        "failed",
        "Odd: it cannot say why (TypeError)",
    ),
    "colours": (
        "raise ValueError('\\x1b[31mred\\ud800')",
        "failed",
        "ValueError: [31mred",
    ),
    "delay_queue": (
        "from backfin import hookimpl\nfrom backfin.specs import ActorSpec\n"
        "@hookimpl\ndef backfin_actors(): return [ActorSpec('deals.read', print, 'deals.DQ')]",
        "failed",
        "is no queue name",
    ),
    "no_retry_policy": (
        "from backfin import hookimpl\nfrom backfin.specs import ActorSpec\n"
        "@hookimpl\ndef backfin_actors(): return [ActorSpec('deals.read', print, 'q', retry=3)]",
        "failed",
        "its retry is a int, not a RetryPolicy",
    ),
    "wrong_step": (
        "from backfin import hookimpl\nfrom backfin.specs import ActorSpec\n"
        "@hookimpl\ndef backfin_actors(): return [ActorSpec('deals.read', lambda: [], 'q')]",
        "failed",
        "its step cannot be called as step(ctx, key)",
    ),
    "long_name": (
        "from backfin import hookimpl\nfrom backfin.testing import FakeExchange\n"
        "@hookimpl\ndef backfin_exchanges(): return [FakeExchange(name='x' * 5000)]",
        "failed",
        "a name has up to 64 characters",
    ),
    "prints": (
        "print('hello')\nfrom backfin import hookimpl\n@hookimpl\ndef backfin_actors(): return []",
        "on",
        "",
    ),
    "deaf": (
        "from backfin import hookimpl\n@hookimpl\ndef backfin_on_event(event): raise ValueError('deaf')",
        "on",
        "",
    ),
    "fine": (
        "from backfin import hookimpl\nfrom backfin.testing import RecordingNotifier\n"
        "@hookimpl\ndef backfin_notifiers(): return [RecordingNotifier()]",
        "on",
        "",
    ),
}

SECRET = "hush-hush-123"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of them."""
    folder = tmp_path_factory.mktemp("plugins")
    for name, (source, _, _) in WRONG.items():
        (folder / f"{name}.py").write_text(f"{source}\n")
    return folder


@pytest.fixture(scope="module")
def told(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """What ``backfin plugins --check --json`` says and logs."""
    environment = {
        **os.environ,
        "BACKFIN_HOME": str(tmp_path_factory.mktemp("home")),
        "BACKFIN_PLUGINS__FOLDER": str(folder),
        "BACKFIN_PLUGIN__TELLS_SECRETS__TOKEN": SECRET,
        "BACKFIN_LOG_LEVEL": "DEBUG",
    }
    command = [str(Path(sys.executable).parent / "backfin"), "plugins", "--check", "--json"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_says_what_became_of_each(
    told: subprocess.CompletedProcess[str], subtests: pytest.Subtests
) -> None:
    records = {one["name"]: one for one in json.loads(told.stdout)}
    built_in = {name: one["state"] for name, one in records.items() if name not in WRONG}

    for name, (_, state, why) in WRONG.items():
        with subtests.test(name):
            assert records[name]["state"] == state
            assert why in records[name]["why"]
            assert len(records[name]["why"]) <= 500
            assert records[name]["components"] == (["notifier:test"] if name == "fine" else [])
    with subtests.test("the check fails and built-in plugins are on"):
        assert told.returncode == 1
        assert built_in == {"bse": "on", "documents": "on", "llm": "off", "rules": "on", "channels": "on"}
    with subtests.test("no secret of a plugin is printed or logged"):
        assert SECRET not in told.stdout + told.stderr
        assert "tells_secrets" in told.stderr


def test_the_settings_are_shown_without_what_a_plugin_says_is_secret(tmp_path: Path) -> None:
    (tmp_path / "known.py").write_text(
        "from pydantic import BaseModel, SecretStr\nfrom backfin import hookimpl\n"
        "class Config(BaseModel):\n    hook: SecretStr\n    room: str\n"
        "@hookimpl\ndef backfin_config_model(): return Config\n"
    )
    (tmp_path / "broken.py").write_text("import nowhere_at_all\n")
    environment = {
        **os.environ,
        "BACKFIN_HOME": str(tmp_path / "home"),
        "BACKFIN_PLUGINS__FOLDER": str(tmp_path),
        "BACKFIN_PLUGIN__KNOWN__HOOK": "https://chat.example/T0/hush-1",
        "BACKFIN_PLUGIN__KNOWN__ROOM": "sales",
        "BACKFIN_PLUGIN__BROKEN__HOOK": "https://chat.example/T0/hush-2",
    }
    command = [str(Path(sys.executable).parent / "backfin"), "config", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    shown = {row["key"]: row["value"] for row in json.loads(done.stdout)}
    assert "hush-" not in done.stdout
    assert shown["plugin.known.room"] == "sales"
    assert shown["plugin.known.hook"] == shown["plugin.broken.hook"] == "**********"


LETTER = one_page_pdf("The company received an order worth Rs. 12.5 crore from Example Rail Limited.")


class Sound:
    """An exchange and a channel that work, in an app with plugins that do not."""

    def __init__(self, app: Backfin, exchange: FakeExchange, channel: RecordingNotifier) -> None:
        self.app, self.exchange, self.channel = app, exchange, channel

    def work(self) -> None:
        """Reads the sound exchange and tells who asked."""
        self.app.run_inline([Next("backfin.scrape.fake", "fake")])

    def check(self) -> None:
        """The sound exchange's announcement went all the way."""
        assert self.app.store.announcements.status("fake:1").state is State.MATCHED
        told = [alert.announcement.announcement_id for alert in self.channel.alerts]
        assert told.count("fake:1") == 1


@pytest.fixture
def sound(request: pytest.FixtureRequest) -> Iterator[Sound]:
    """The sound parts beside the plugins that a test names by ``@pytest.mark.parametrize("sound", …, indirect)``."""
    plugins, settings = getattr(request, "param", ((), {}))
    exchange = FakeExchange([make_row(1, file="a.pdf")], files={"a.pdf": LETTER})
    channel = RecordingNotifier()
    with make_app(exchanges=[exchange], notifiers=[channel], plugins=plugins, settings=settings) as app:
        short = {field.name: 0.2 for field in fields(Limits)}
        app.bounds.limits = Limits(**short | {"slow_s": 0.1})
        app.store.watches.put(make_watch())
        yield Sound(app, exchange, channel)


def test_a_day_goes_all_the_way_with_every_wrong_plugin_about(folder: Path) -> None:
    exchange = FakeExchange([make_row(1)])
    settings = {"plugins": {"folder": folder}}
    with make_app(exchanges=[exchange], settings=settings) as app:
        app.store.watches.put(make_watch())
        app.run_inline([Next("backfin.scrape.fake", "fake")])

        assert app.store.announcements.status("fake:1").state is State.MATCHED
        assert app.plugins.observer_failures["deaf"] >= 4
        (delivery,) = deliveries(app)
        assert delivery["state"] == DeliveryState.SENT.value


def deliveries(app: Backfin) -> list[dict[str, Any]]:
    columns, rows = app.store.exports.export("deliveries")
    return [dict(zip(columns, row, strict=True)) for row in rows]


class Odd(FakeExchange):
    """An exchange of a plugin: reads its own name, and does what a test gives it."""

    mic = "XODD"

    def __init__(self, rows: Any = (), **answers: Any) -> None:
        super().__init__(rows, name="odd")
        self.answers = answers

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        answer = self.answers.get("fetch_day")
        return answer(day) if answer else super().fetch_day(day)

    def parse(self, row: Mapping[str, Any]) -> Any:
        answer = self.answers.get("parse")
        return answer(row, super().parse) if answer else super().parse(row)


def odd(**answers: Any) -> Any:
    """An app with such an exchange."""
    return ([FakePlugin("odd", exchanges=[Odd(**answers)])], {})


def hang(*_: Any) -> Any:
    """Waits where no exception of another thread arrives."""
    RELEASED.wait(30)


RELEASED = threading.Event()


@pytest.fixture(autouse=True)
def _release() -> Iterator[None]:
    RELEASED.clear()
    yield
    RELEASED.set()


@pytest.mark.parametrize("sound", [odd(fetch_day=hang)], indirect=True)
def test_a_fetch_that_hangs_is_left_behind_and_not_repeated_for_ever(sound: Sound) -> None:
    begun = time.monotonic()
    for _ in range(10):
        sound.app.run_inline([Next("backfin.scrape.odd", "odd")])
    took_s = time.monotonic() - begun
    sound.work()

    sound.check()
    assert took_s < 5
    hanging = [thread for thread in threading.enumerate() if "exchange odd" in thread.name]
    assert len(hanging) <= 3, "each poll takes a thread that never comes back"
    run = sound.app.store.runs.last("scrape", exchange="odd", day=date(2026, 7, 1))
    assert run is not None
    assert run.state == "failed"
    assert "exchange odd" in str(run.error)


@pytest.mark.parametrize("sound", [odd(fetch_day=hang)], indirect=True)
def test_a_worker_goes_on_while_a_fetch_hangs(sound: Sound) -> None:
    broker = StubBroker()
    sound.app.declare(broker)
    broker.emit_after("process_boot")
    worker = Worker(broker, worker_timeout=50, worker_threads=1)
    worker.start()
    try:
        sound.app.send([Next("backfin.scrape.odd", "odd"), Next("backfin.scrape.fake", "fake")])
        deadline = time.monotonic() + 30
        while not sound.channel.sent and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        worker.stop()

    sound.check()


GARBAGE = [
    None,
    7,
    "row",
    {},
    {"id": "9", "at": "never"},
    {"id": {"a": {1, 2}}, "at": 3},
    make_row(2, at=object()),
]


def garbage_page(day: date) -> Iterator[FeedPage]:
    """Rows of every kind around one that is right."""
    yield FeedPage(1, (*GARBAGE, make_row(3)), None, b"{}")  # type: ignore[arg-type]


@pytest.mark.parametrize("sound", [odd(fetch_day=garbage_page)], indirect=True)
def test_garbage_rows_are_kept_raw_and_the_good_one_is_read(sound: Sound) -> None:
    sound.app.run_inline([Next("backfin.scrape.odd", "odd")])
    sound.work()

    assert sound.app.store.announcements.status("odd:3").state is State.MATCHED
    unparsed = sound.app.store.unparsed.of_day("odd", date(2026, 7, 1))
    assert len(unparsed) == len(GARBAGE)
    assert sound.app.store.announcements.status("fake:1").state is State.MATCHED


@pytest.mark.parametrize(
    "sound",
    [
        odd(fetch_day=lambda day: iter([{"rows": []}])),
        odd(fetch_day=lambda day: None),
        odd(fetch_day=lambda day: iter([FeedPage(1, itertools.count(), None, b"{}")])),
        odd(fetch_day=lambda day: iter([FeedPage(1, (), "many", b"{}")])),
        odd(fetch_day=lambda day: iter([FeedPage(1, (), None, "{}")])),
        odd(fetch_day=lambda day: stop()),
        odd(fetch_day=lambda day: 1 / 0),
        odd(rows=[make_row(2)], parse=lambda row, parse: {"id": 2}),
        odd(rows=[make_row(2)], parse=lambda row, parse: 1 / 0),
        odd(
            rows=[make_row(2)],
            parse=lambda row, parse: parse(row).model_copy(update={"subject": "\ud800\x00"}),
        ),
    ],
    indirect=True,
    ids=[
        "no page",
        "no feed",
        "endless rows",
        "odd count",
        "no bytes",
        "exit",
        "raising feed",
        "no announcement",
        "raising parser",
        "unstorable text",
    ],
)
def test_wrong_answers_of_an_exchange_are_its_own_affair(sound: Sound) -> None:
    sound.app.run_inline([Next("backfin.scrape.odd", "odd")])
    sound.work()

    sound.check()


@pytest.mark.parametrize(
    "sound",
    [
        odd(
            rows=[make_row(2)],
            parse=lambda row, parse: parse(row).model_copy(
                update={"announcement_id": "fake:1", "exchange": "fake"}
            ),
        )
    ],
    indirect=True,
)
def test_an_exchange_cannot_take_the_key_of_anothers_announcement(sound: Sound) -> None:
    sound.app.run_inline([Next("backfin.scrape.odd", "odd")])
    sound.work()

    sound.check()
    assert sound.app.store.announcements.get("fake:1").subject == "Receipt of order number 1"


def endless(day: date) -> Iterator[FeedPage]:
    """Never the same row, never the last page."""
    number = 0
    while True:
        number += 1
        yield FeedPage(number, (), None, b"{}")


@pytest.mark.parametrize("sound", [odd(fetch_day=endless)], indirect=True)
def test_a_feed_without_an_end_is_ended(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backfin.bounds.exchange.MOST_PAGES", 20)

    sound.app.run_inline([Next("backfin.scrape.odd", "odd", {"day": "2026-06-30"})])
    sound.work()

    sound.check()
    run = sound.app.store.runs.last("scrape", exchange="odd", day=date(2026, 6, 30))
    assert run is not None
    assert "goes on after 20 pages" in str(run.error)


class OddNotifier:
    """A channel that does what a test gives it; ``calls`` counts."""

    name = "odd"
    schemes = ("odd",)

    def __init__(self, answer: Any, *, accepts_token: bool = False) -> None:
        self.answer, self.accepts_token, self.calls = answer, accepts_token, 0

    def check(self, address: str) -> None: ...

    def send(self, alert: Alert, address: str) -> Receipt:
        self.calls += 1
        return self.answer()  # type: ignore[no-any-return]


def stop() -> None:
    """Ends the program, as a plugin that was a script may do."""
    raise SystemExit(1)


@pytest.mark.parametrize(
    ("answer", "accepts_token", "state"),
    [
        (lambda: 1 / 0, False, DeliveryState.PENDING),
        (stop, False, DeliveryState.PENDING),
        (hang, False, DeliveryState.UNSURE),
        (hang, True, DeliveryState.PENDING),
        (lambda: None, False, DeliveryState.SENT),
        (lambda: "ok" * 1_000_000, False, DeliveryState.SENT),
        (lambda: Receipt(detail={"page": "x" * 1_000_000}), False, DeliveryState.SENT),
        (lambda: Receipt(detail={"page": object()}), False, DeliveryState.SENT),
    ],
    ids=["raises", "exits", "blocks", "blocks with token", "says nothing", "wrong", "huge", "no JSON"],
)
def test_a_channel_that_misbehaves_holds_up_no_other(
    answer: Any, accepts_token: bool, state: DeliveryState
) -> None:
    exchange, channel, bad = FakeExchange([make_row(1)]), RecordingNotifier(), OddNotifier(answer)
    bad.accepts_token = accepts_token
    with make_app(exchanges=[exchange], notifiers=[bad, channel]) as app:
        app.context.bounds.limits = Limits(send_s=0.2, slow_s=0.1)
        app.store.watches.put(make_watch("both", "*", "odd:somebody", "test:somebody"))
        send = [Next("backfin.scrape.fake", "fake"), Next("backfin.read", "fake:1")]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("backfin.steps.notify._failed", only_once(app))
            app.run_inline(send)

        states = {row["address"]: row["state"] for row in deliveries(app)}
        assert states == {"odd:somebody": state.value, "test:somebody": DeliveryState.SENT.value}
        assert bad.calls == 1
        assert len(channel.sent) == 1


def only_once(app: Backfin) -> Any:
    """The failure as the step handles it, without the message that would try again at once when run inline."""
    handle = notify._failed

    def once(*arguments: Any, **options: Any) -> list[Next]:
        handle(*arguments, **options)
        return []

    return once


class OddEnricher:
    """An enricher that does what a test gives it."""

    name, model, is_remote = "odd", "", False

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def enrich(self, reading: Any, prompt_set: Any) -> Any:
        return self.answer()


@pytest.mark.parametrize(
    "answer",
    [lambda: 1 / 0, lambda: "an order", stop, hang],
    ids=["raises", "wrong answer", "exits", "hangs"],
)
def test_an_enricher_that_misbehaves_is_passed_over(answer: Any) -> None:
    plugin = FakePlugin("odd", enrichers=[OddEnricher(answer)])
    exchange, channel = FakeExchange([make_row(1)]), RecordingNotifier()
    settings = {"enrichers": ("odd",)}
    with make_app(exchanges=[exchange], notifiers=[channel], plugins=[plugin], settings=settings) as app:
        app.bounds.limits = Limits(enrich_s=0.2)
        app.store.watches.put(make_watch())
        app.run_inline([Next("backfin.scrape.fake", "fake")])

        enrichment = app.store.enrichments.latest("fake:1")
        assert enrichment is not None
        assert enrichment.enricher == "rules"
        assert "fallback:odd" in enrichment.flags
        assert len(channel.sent) == 1


class OddPrompts:
    """A prompt set that cannot say what it wants."""

    name, version = "odd", "1"
    categories = categories()

    def applies_to(self, announcement: Any) -> bool:
        raise AttributeError("no isin")

    def system_prompt(self) -> str:
        return ""


class OddExit(OddPrompts):
    """The same, and it wants to end the program."""

    def applies_to(self, announcement: Any) -> bool:
        raise SystemExit(1)


class OddReader:
    """A reader that takes every PDF first, and breaks."""

    name, media_types, priority = "odd", ("application/pdf",), -1

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def read(self, path: Path, media_type: str) -> Any:
        return self.answer()

    def close(self) -> None:
        hang()


@pytest.mark.parametrize(
    "sound",
    [
        ([FakePlugin("odd", prompt_sets=[OddPrompts()])], {}),
        ([FakePlugin("odd", prompt_sets=[OddExit()])], {}),
        ([FakePlugin("odd", readers=[OddReader(lambda: 1 / 0)])], {}),
        ([FakePlugin("odd", readers=[OddReader(stop)])], {}),
        ([FakePlugin("odd", readers=[OddReader(hang)])], {}),
    ],
    indirect=True,
    ids=["prompt set", "prompt set that exits", "reader", "reader that exits", "reader that hangs"],
)
def test_a_prompt_set_or_reader_that_raises_is_passed_over(sound: Sound) -> None:
    sound.work()

    sound.check()
    (document,) = sound.app.store.documents.of("fake:1")
    assert "12.5 crore" in document.pages[0].text


class Ears:
    """Observers: one that raises, and one that listens."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def backfin_on_event(self, event: Any) -> None:
        self.heard.append(type(event).__name__)


class Deaf:
    """An observer that raises."""

    @hookimpl
    def backfin_on_event(self, event: Any) -> None:
        raise RuntimeError("not now")


def test_an_observer_that_raises_is_counted_and_the_next_one_hears() -> None:
    ears, channel = Ears(), RecordingNotifier()
    exchange = FakeExchange([make_row(1)])
    with make_app(exchanges=[exchange], notifiers=[channel], plugins=[Deaf(), ("ears", ears)]) as app:
        app.store.watches.put(make_watch())
        app.run_inline([Next("backfin.scrape.fake", "fake")])

        assert ears.heard[:1] == ["AnnouncementStored"]
        assert {"DocumentRead", "EnrichmentStored", "InvestorsLinked", "DeliverySent"} <= set(ears.heard)
        assert app.plugins.observer_failures == {"deaf": len(ears.heard)}
        assert len(channel.sent) == 1


class Shut(FakeExchange):
    """An exchange that never closes, and an enricher's check that never ends."""

    mic = "XSHT"
    model, is_remote = "", False

    def close(self) -> None:
        hang()

    def check(self) -> None:
        hang()

    def enrich(self, reading: Any, prompt_set: Any) -> Any: ...


def test_what_neither_opens_nor_closes_holds_up_no_program(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shut = Shut(name="shut")
    app = Backfin(Settings(home=tmp_path), plugins=[FakePlugin("shut", exchanges=[shut], enrichers=[shut])])
    app.bounds.limits = Limits(observe_s=0.2, close_s=0.2)

    app.open()
    app.close()

    assert "shut says that it cannot work: TimeoutError" in caplog.text
    assert "shut did not close" in caplog.text


def test_no_error_of_a_plugin_keeps_its_secret(caplog: pytest.LogCaptureFixture) -> None:
    class Config(BaseModel):
        hook: SecretStr

    class Teller:
        @hookimpl
        def backfin_config_model(self) -> type[Config]:
            return Config

        @hookimpl
        def backfin_notifiers(self, config: Config) -> list[Any]:
            return [OddNotifier(lambda: {}[config.hook.get_secret_value()])]

    exchange = FakeExchange([make_row(1)])
    settings = {"plugin": {"teller": {"hook": "https://chat.example/T000/hush-hush-9"}}}
    with make_app(exchanges=[exchange], plugins=[("teller", Teller())], settings=settings) as app:
        app.store.watches.put(make_watch("orders", "*", "odd:somebody"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("backfin.steps.notify._failed", only_once(app))
            app.run_inline([Next("backfin.scrape.fake", "fake")])
        files = [path.read_bytes() for path in app.settings.home.rglob("*") if path.is_file()]

    assert "not accepted" in caplog.text
    assert "hush-hush-9" not in caplog.text
    assert not [one for one in files if b"hush-hush-9" in one]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (hang, "odd.report: there was no answer"),
        (stop, "odd.report raised SystemExit"),
        (lambda: "read", "it must return a list of Next"),
        (lambda: [Next("no.such")], "wants no.such to follow"),
        (lambda: None, ""),
    ],
    ids=["hangs", "exits", "wrong", "unknown", "nothing"],
)
def test_an_actor_that_misbehaves_is_given_up(
    answer: Any, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    def report(ctx: Any, key: str) -> Any:
        return answer()

    actor = ActorSpec("odd.report", report, "odd", RetryPolicy(max_tries=1), time_limit_s=0.3)
    with make_app(plugins=[FakePlugin("odd", actors=[actor])]) as app:
        app.run_inline([Next("odd.report")])

    assert says in caplog.text
    assert ("odd.report gives up" in caplog.text) == bool(says)


def test_an_actor_that_raises_stops_neither_the_clock_nor_others() -> None:
    def report(ctx: Any, key: str) -> list[Next]:
        raise RuntimeError("no report")

    actor = ActorSpec("odd.report", report, "odd", RetryPolicy(max_tries=1), cron="0 * * * *")
    exchange, channel = FakeExchange([make_row(1)]), RecordingNotifier()
    plugin = FakePlugin("odd", actors=[actor])
    with make_app(exchanges=[exchange], notifiers=[channel], plugins=[plugin]) as app:
        app.store.watches.put(make_watch())
        app.run_inline([Next("backfin.tick")])

        assert app.store.announcements.status("fake:1").state is State.MATCHED
        assert len(channel.sent) == 1
