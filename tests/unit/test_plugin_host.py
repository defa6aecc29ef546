"""The plugin host: what passes, what is refused, and that no plugin hurts another."""

from __future__ import annotations

import importlib.metadata
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, SecretStr

from backfin.bounds import Bounds, Limits
from backfin.clock import SystemClock
from backfin.errors import ConfigError, NotConfigured, PluginLoadError
from backfin.interfaces import Category
from backfin.models.events import AnnouncementStored
from backfin.models.facts import EventType
from backfin.plugins import finding, hookimpl, loading
from backfin.plugins.contracts import KINDS
from backfin.plugins.host import PluginHost
from backfin.plugins.record import PluginRecord
from backfin.plugins.services import Services
from backfin.settings import PluginSettings, Settings
from backfin.specs import ActorSpec

EVENT = AnnouncementStored(at=datetime(2026, 7, 1, tzinfo=UTC), announcement_id="bse:1")


class StillPacer:
    def wait(self, host: str, interval_s: float) -> None: ...

    def cool_down(self, host: str, seconds: float, *, why: str) -> None: ...

    def recovered(self, host: str) -> None: ...


class FakeExchange:
    mic = "XTST"
    zone = ZoneInfo("Asia/Kolkata")
    poll_interval_s = 60.0

    def __init__(self, name: str = "test") -> None:
        self.name = name

    def fetch_day(self, day: Any) -> Iterator[Any]:
        yield from ()

    def parse(self, row: Any) -> Any: ...

    def native_id(self, row: Any) -> str:
        return ""

    def fetch_attachment(self, attachment: Any) -> Any: ...

    def fetch_issuers(self) -> list[Any]:
        return []


class FakeReader:
    media_types = ("text/plain",)

    def __init__(self, name: str, priority: int) -> None:
        self.name, self.priority = name, priority

    def read(self, path: Any, media_type: str) -> Any: ...


class FakePromptSet:
    name = "pharma"
    version = "1"
    categories = (Category("USFDA", "usfda", EventType.REGULATORY_APPROVAL, 0.5, ""),)

    def applies_to(self, announcement: Any) -> bool:
        return False

    def system_prompt(self) -> str:
        return ""


class FakeEnricher:
    model = ""
    is_remote = False

    def __init__(self, name: str) -> None:
        self.name = name

    def enrich(self, reading: Any, prompt_set: Any) -> Any: ...


class FakeNotifier:
    accepts_token = False

    def __init__(self, *schemes: str) -> None:
        self.name, self.schemes = "fake", schemes

    def check(self, address: str) -> None: ...

    def send(self, alert: Any, address: str) -> Any: ...


def offering(hook: str, *components: object) -> SimpleNamespace:
    """A plugin with one offer hook."""

    def implementation(config: Any, services: Any) -> list[object]:
        return list(components)

    implementation.__name__ = hook
    return SimpleNamespace(**{hook: hookimpl(implementation)})


def raising(error: BaseException) -> SimpleNamespace:
    """A plugin whose offer hook raises."""

    @hookimpl
    def backfin_exchanges() -> list[object]:
        raise error

    return SimpleNamespace(backfin_exchanges=backfin_exchanges)


@pytest.fixture(autouse=True)
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, int]]:
    """Pretends that plugins are installed: name → object, or an error that importing them raises.

    Returns how often each was imported.
    """

    def install(**plugins: object) -> dict[str, int]:
        imports = dict.fromkeys(plugins, 0)

        class Entry(SimpleNamespace):
            name: str

            def load(self) -> object:
                imports[self.name] += 1
                plugin = plugins[self.name]
                if isinstance(plugin, BaseException):
                    raise plugin
                return plugin

        def entry_points(*, group: str) -> list[Entry]:
            assert group == "backfin"
            return [Entry(name=name, value=f"backfin_{name}:plugin", dist=None) for name in plugins]

        monkeypatch.setattr(finding, "entry_points", entry_points)
        return imports

    install()
    return install


def load(
    builtins: Sequence[object] = (),
    extra: Sequence[object] = (),
    *,
    bounds: Bounds | None = None,
    **settings: Any,
) -> tuple[PluginHost, dict[str, PluginRecord]]:
    plugins = PluginSettings(
        **{key: settings.pop(key) for key in list(settings) if key in PluginSettings.model_fields}
    )
    chosen = Settings(plugins=plugins, **settings)
    services = Services(chosen, StillPacer(), SystemClock(), lambda name: "secret")
    host = PluginHost(chosen, services, (bounds or Bounds()).observe)
    host.load(builtins, extra)
    return host, {record.name: record for record in host.records}


GOOD = offering("backfin_exchanges", FakeExchange("good"))


def test_every_kind_of_component_reaches_the_registry() -> None:
    actor = ActorSpec("deals.scrape", lambda context, key: [], "backfin.scrape", cron="*/5 9-15 * * 1-5")
    plugins = [
        ("one", offering("backfin_exchanges", FakeExchange())),
        ("two", offering("backfin_document_readers", FakeReader("slow", 9), FakeReader("quick", 1))),
        ("three", offering("backfin_prompt_sets", FakePromptSet())),
        ("four", offering("backfin_enrichers", FakeEnricher("rules"), FakeEnricher("llm"))),
        ("five", offering("backfin_notifiers", FakeNotifier("http", "https"))),
        ("six", offering("backfin_actors", actor)),
    ]

    host, records = load(plugins, enrichers=("llm",))

    assert {record.state for record in records.values()} == {"on"}
    assert list(host.registry.exchanges) == ["test"]
    assert [reader.name for reader in host.registry.readers] == ["quick", "slow"]
    assert list(host.registry.prompt_sets) == ["pharma"]
    assert [enricher.name for enricher in host.registry.enrichers] == ["llm", "rules"]
    assert list(host.registry.notifiers) == ["http", "https"]
    assert host.registry.actors == {"deals.scrape": actor}
    assert host.registry.owner("notifier", "https") == "five"
    assert records["five"].components == ("notifier:http", "notifier:https")
    assert records["five"].hooks == ("backfin_notifiers",)
    assert records["five"].origin == "built-in"


@pytest.mark.parametrize(
    ("plugin", "why"),
    [
        (ImportError("No module named 'absent'"), "ImportError: No module named 'absent'"),
        (SystemExit(3), "loading it ends the program (exit 3)"),
        (offering("backfin_exchange", FakeExchange()), "did you mean 'backfin_exchanges'?"),
        (offering("backfin_exchanges", "bse"), "it has no attribute 'name'"),
        (offering("backfin_exchanges", FakeExchange("Big Name")), "named 'Big Name'"),
        (offering("backfin_exchanges", FakeExchange("a"), FakeExchange("a")), "two of the name 'a'"),
        (offering("backfin_notifiers", FakeNotifier()), "named nothing"),
        (offering("backfin_actors", FakeExchange()), "not an ActorSpec"),
        (raising(RuntimeError("boom\nbang")), "RuntimeError: boom bang"),
        (raising(SystemExit(4)), "loading it ends the program (exit 4)"),
        (SimpleNamespace(), "it implements no hook"),
        (None, "it implements no hook"),
        (SimpleNamespace(backfin_exchanges=lambda: []), "not marked with @hookimpl"),
        (SimpleNamespace(backfin_api="one", **vars(GOOD)), "its backfin_api is 'one'"),
    ],
)
def test_a_wrong_plugin_is_named_with_its_reason_and_the_others_work(
    install: Callable[..., dict[str, int]], plugin: object, why: str
) -> None:
    install(aaa_wrong=plugin, good=GOOD)

    host, records = load()

    assert records["aaa_wrong"].state == "failed"
    assert why in records["aaa_wrong"].why
    assert records["aaa_wrong"].components == ()
    assert records["good"].state == "on"
    assert list(host.registry.exchanges) == ["good"]


def test_a_hook_that_asks_for_an_unknown_argument_is_refused() -> None:
    @hookimpl
    def backfin_exchanges(config: Any, database: Any) -> list[object]:
        return []

    _, records = load(extra=[("wrong", SimpleNamespace(backfin_exchanges=backfin_exchanges))])

    assert records["wrong"].state == "failed"
    assert "database" in records["wrong"].why


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (None, "returned None"),
        (FakeExchange(), "returned FakeExchange, not a list"),
        ("bse", "returned str, not a list"),
        ((FakeExchange(f"e{number}") for number in iter(int, 1)), "more than 1000"),
    ],
)
def test_a_hook_that_returns_no_list_of_components_is_refused(result: Any, why: str) -> None:
    @hookimpl
    def backfin_exchanges() -> Any:
        return result

    _, records = load(extra=[("wrong", SimpleNamespace(backfin_exchanges=backfin_exchanges))])

    assert records["wrong"].state == "failed"
    assert why in records["wrong"].why


def test_a_component_with_a_method_of_the_wrong_shape_is_refused() -> None:
    class Deaf(FakeNotifier):
        def send(self, alert: Any) -> Any: ...  # type: ignore[override]

    _, records = load(extra=[("deaf", offering("backfin_notifiers", Deaf("deaf")))])

    assert "its method send cannot be called as send(alert, address)" in records["deaf"].why


@pytest.mark.parametrize(
    ("cron", "zone", "why"),
    [("61 * * * *", "Asia/Kolkata", "its cron"), ("* * * * *", "Asia/Poona", "is no time zone")],
)
def test_an_actor_with_an_impossible_schedule_is_refused(cron: str, zone: str, why: str) -> None:
    actor = ActorSpec("x.y", lambda context, key: [], "q", cron=cron, zone=zone)

    _, records = load(extra=[("x", offering("backfin_actors", actor))])

    assert records["x"].state == "failed"
    assert why in records["x"].why


def test_one_bad_component_takes_back_everything_of_its_plugin() -> None:
    plugin = offering("backfin_exchanges", FakeExchange("fine"))
    vars(plugin).update(vars(offering("backfin_notifiers", object())))

    host, records = load(extra=[("half", plugin)])

    assert records["half"].state == "failed"
    assert host.registry.exchanges == {}
    assert records["half"].components == ()


def test_a_plugin_that_is_not_configured_is_off_and_says_why_in_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, records = load(extra=[("quiet", raising(NotConfigured("no token is set")))])

    assert (records["quiet"].state, records["quiet"].why) == ("off", "no token is set")
    assert not caplog.records


def test_a_clash_names_both_owners_and_the_first_stays() -> None:
    first, second = FakeExchange("bse"), FakeExchange("bse")

    host, records = load(
        [("one", offering("backfin_exchanges", first))], [("two", offering("backfin_exchanges", second))]
    )

    assert records["two"].state == "failed"
    assert "offered by both 'one' and 'two'" in records["two"].why
    assert host.registry.exchanges == {"bse": first}


@pytest.mark.parametrize(("key", "winner"), [("bse", "one"), ("bse", "two"), ("exchange", "two")])
def test_prefer_decides_a_clash_by_name_or_kind_and_both_plugins_stay_on(key: str, winner: str) -> None:
    plugins = [
        ("one", offering("backfin_exchanges", FakeExchange("bse"))),
        ("two", offering("backfin_exchanges", FakeExchange("bse"), FakeExchange("other"))),
    ]

    host, records = load(extra=plugins, prefer={key: winner})

    assert [record.state for record in records.values()] == ["on", "on"]
    assert host.registry.owner("exchange", "bse") == winner
    assert host.registry.owner("exchange", "other") == "two"
    assert ("exchange:bse" in records["two"].components) == (winner == "two")


def test_prefer_for_somebody_else_does_not_decide() -> None:
    plugins = [(name, offering("backfin_exchanges", FakeExchange("bse"))) for name in ("one", "two")]

    _, records = load(extra=plugins, prefer={"bse": "three"})

    assert records["two"].state == "failed"


def test_two_plugins_of_one_name_are_told_apart_and_the_second_refused() -> None:
    host, _ = load([("bse", GOOD)], [("bse", offering("backfin_exchanges", FakeExchange("other")))])

    assert [record.state for record in host.records] == ["on", "failed"]
    assert "two plugins are named 'bse': built-in and argument" in host.records[1].why
    assert list(host.registry.exchanges) == ["good"]


def test_a_disabled_plugin_is_never_imported(install: Callable[..., dict[str, int]]) -> None:
    imports = install(bad=ImportError("broken"), good=GOOD)

    _, records = load(disabled=("bad",))

    assert records["bad"].state == "disabled"
    assert imports == {"bad": 0, "good": 1}


def test_a_built_in_can_be_disabled_by_name() -> None:
    host, records = load([("bse", GOOD)], disabled=("bse",))

    assert records["bse"].state == "disabled"
    assert host.registry.exchanges == {}


@pytest.mark.parametrize(
    ("variable", "loaded"), [("", []), ("nse", ["nse"]), (" nse , deals ", ["deals", "nse"])]
)
def test_the_environment_chooses_among_installed_plugins_and_leaves_built_ins_alone(
    install: Callable[..., dict[str, int]], monkeypatch: pytest.MonkeyPatch, variable: str, loaded: list[str]
) -> None:
    monkeypatch.setenv("BACKFIN_PLUGINS", variable)
    imports = install(
        deals=offering("backfin_exchanges", FakeExchange("deals")),
        nse=offering("backfin_exchanges", FakeExchange("nse")),
        other=offering("backfin_exchanges", FakeExchange("other")),
    )
    settings = Settings()
    host = PluginHost(settings, Services(settings, StillPacer(), SystemClock(), lambda name: ""))

    host.load([("good", GOOD)], [("mine", offering("backfin_exchanges", FakeExchange("mine")))])

    states = {record.name: record.state for record in host.records}
    assert (states["good"], states["mine"]) == ("on", "on")
    assert sorted(name for name, count in imports.items() if count) == loaded
    assert [states[name] for name in loaded] == ["on"] * len(loaded)
    assert states["other"] == "disabled"


def test_an_enabled_plugin_that_is_not_installed_is_reported_with_the_nearest_name() -> None:
    _, records = load(extra=[("telegram", GOOD)], enabled=("telegrm",))

    assert records["telegrm"].state == "failed"
    assert "did you mean 'telegram'?" in records["telegrm"].why


@pytest.mark.parametrize(
    "plugin", [ImportError("gone"), raising(NotConfigured("no token")), None], ids=["failed", "off", "empty"]
)
def test_a_required_plugin_that_is_not_on_stops_the_start(
    install: Callable[..., dict[str, int]], plugin: object
) -> None:
    install(nse=plugin)

    with pytest.raises(ConfigError, match="plugin 'nse' is required and"):
        load(required=("nse",))


def test_a_required_plugin_that_is_not_installed_stops_the_start() -> None:
    with pytest.raises(ConfigError, match="'nse' is required and not installed"):
        load(required=("nse",))


def test_strict_turns_any_failure_into_an_error_that_names_it(install: Callable[..., dict[str, int]]) -> None:
    install(bad=ImportError("gone"), good=GOOD)

    with pytest.raises(PluginLoadError, match="bad: ImportError: gone"):
        load(strict=True)


def test_strict_lets_a_plugin_be_off() -> None:
    _, records = load(extra=[("quiet", raising(NotConfigured("no token")))], strict=True)

    assert records["quiet"].state == "off"


@pytest.mark.parametrize(("stated", "state"), [("1", "on"), ("1.0", "on"), (1, "on"), ("2", "incompatible")])
def test_the_version_a_plugin_states_decides_whether_it_fits(stated: object, state: str) -> None:
    plugin = SimpleNamespace(backfin_api=stated, **vars(GOOD))

    _, records = load(extra=[("versioned", plugin)])

    assert records["versioned"].state == state


def test_a_plugin_built_for_a_later_minor_version_is_incompatible() -> None:
    plugin = SimpleNamespace(backfin_api="1.99", **vars(GOOD))

    _, records = load(extra=[("early", plugin)])

    assert records["early"].state == "incompatible"
    assert "1.99" in records["early"].why


def test_a_raising_observer_is_counted_and_logged_and_the_others_still_hear(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[object] = []

    @hookimpl
    def bad(event: Any) -> None:
        raise ValueError("deaf")

    @hookimpl
    def good(event: Any) -> None:
        heard.append(event)

    host, _ = load(
        extra=[("a", SimpleNamespace(backfin_on_event=bad)), ("b", SimpleNamespace(backfin_on_event=good))]
    )

    host.emit(EVENT)
    host.emit(EVENT)

    assert heard == [EVENT, EVENT]
    assert host.observer_failures == {"a": 2}
    assert "plugin a failed to hear of AnnouncementStored, 1 times so far: ValueError: deaf" in caplog.text


def test_an_observer_that_always_fails_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    @hookimpl
    def bad(event: Any) -> None:
        raise SystemExit(1)

    host, _ = load(extra=[("a", SimpleNamespace(backfin_on_event=bad))])
    for _ in range(120):
        host.emit(EVENT)

    warned = [record for record in caplog.records if "failed to hear" in record.message]
    assert host.observer_failures == {"a": 120}
    assert [record.levelno for record in warned].count(logging.WARNING) == 3


def test_an_observer_that_hangs_is_left_behind_and_then_not_asked() -> None:
    heard: list[object] = []
    end = threading.Event()

    @hookimpl
    def bad(event: Any) -> None:
        end.wait()

    @hookimpl
    def good(event: Any) -> None:
        heard.append(event)

    plugins = [("a", SimpleNamespace(backfin_on_event=bad)), ("b", SimpleNamespace(backfin_on_event=good))]
    bounds = Bounds(Limits(observe_s=0.05))
    host, _ = load(extra=plugins, bounds=bounds)
    began = time.monotonic()
    for _ in range(50):
        host.emit(EVENT)
    end.set()

    assert len(heard) == 50
    assert host.observer_failures == {"a": 50}
    assert time.monotonic() - began < 2


def test_a_plugin_that_failed_hears_nothing() -> None:
    heard: list[object] = []
    plugin = offering("backfin_exchanges", object())
    plugin.backfin_on_event = hookimpl(lambda event: heard.append(event))
    host, _ = load(extra=[("half", plugin)])

    host.emit(EVENT)

    assert heard == []


class Telegram(BaseModel):
    token: SecretStr
    retries: int = 3


def configured(seen: list[Any]) -> SimpleNamespace:
    @hookimpl
    def backfin_config_model() -> type[BaseModel]:
        return Telegram

    @hookimpl
    def backfin_notifiers(config: Any) -> list[object]:
        seen.append(config)
        return []

    return SimpleNamespace(backfin_config_model=backfin_config_model, backfin_notifiers=backfin_notifiers)


def test_a_plugin_is_handed_its_validated_section() -> None:
    seen: list[Any] = []

    _, records = load(
        extra=[("telegram", configured(seen))], plugin={"telegram": {"token": "t0ken", "retries": "5"}}
    )

    assert records["telegram"].state == "on"
    assert seen == [Telegram(token=SecretStr("t0ken"), retries=5)]


def test_a_bad_section_is_refused_key_by_key_and_never_shows_its_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    section = {"tokn": "hush-hush-123", "retries": "hush-hush-123"}

    _, records = load(extra=[("telegram", configured([]))], plugin={"telegram": section})

    why = records["telegram"].why
    assert records["telegram"].state == "failed"
    assert all(key in why for key in ("token: ", "tokn: ", "retries: "))
    assert "hush-hush" not in why + caplog.text


def test_a_secret_in_a_plugins_own_error_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    plugin = raising(RuntimeError("cannot log in with hush-hush-123"))
    plugin.backfin_config_model = configured([]).backfin_config_model

    _, records = load(extra=[("telegram", plugin)], plugin={"telegram": {"token": "hush-hush-123"}})

    assert records["telegram"].why == "RuntimeError: cannot log in with **********"
    assert "hush-hush" not in caplog.text


def test_settings_for_a_plugin_that_takes_none_are_refused() -> None:
    _, records = load(extra=[("plain", GOOD)], plugin={"plain": {"a": 1}})

    assert records["plain"].state == "failed"
    assert "remove the section [plugin.plain]" in records["plain"].why


def test_a_section_for_no_plugin_is_pointed_out() -> None:
    _, records = load(
        extra=[("telegram", configured([]))], plugin={"telegrm": {"token": "x"}, "telegram": {"token": "y"}}
    )

    assert records["telegrm"].state == "off"
    assert "did you mean 'telegram'?" in records["telegrm"].why


def test_an_entry_point_may_name_a_class() -> None:
    class Plugin:
        @hookimpl
        def backfin_exchanges(self) -> list[object]:
            return [FakeExchange("classy")]

    host, _ = load(extra=[Plugin])

    assert list(host.registry.exchanges) == ["classy"]
    assert host.records[0].name == "plugin"


def test_files_of_the_plugin_folder_are_plugins_and_a_broken_one_hurts_nobody(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import nowhere_at_all\n")
    (tmp_path / "_helper.py").write_text("raise SystemExit\n")
    (tmp_path / "ears.py").write_text(
        "from backfin import hookimpl\n\n@hookimpl\ndef backfin_on_event(event):\n    pass\n"
    )

    _, records = load(folder=tmp_path)

    assert {name: record.state for name, record in records.items()} == {"bad": "failed", "ears": "on"}
    assert records["ears"].origin == str(tmp_path / "ears.py")
    assert "backfin_folder_bad" not in sys.modules


def test_a_file_of_the_folder_may_be_written_like_any_other_module(tmp_path: Path) -> None:
    (tmp_path / "modern.py").write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from pydantic import BaseModel\n"
        "from backfin import hookimpl\n"
        "@dataclass\nclass Row:\n    number: int = 1\n"
        "class Inner(BaseModel):\n    a: int = 1\n"
        "class Config(BaseModel):\n    inner: Inner = Inner()\n"
        "@hookimpl\ndef backfin_config_model(): return Config\n"
    )

    _, records = load(folder=tmp_path)

    assert (records["modern"].state, records["modern"].why) == ("on", "")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    _, records = load(folder=tmp_path / "absent")

    (record,) = [one for one in records.values() if one.state == "failed"]
    assert f"plugins.folder is {tmp_path / 'absent'}" in record.why


def test_what_a_plugin_prints_while_it_is_loaded_goes_to_standard_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "loud.py").write_text(
        "print('while imported')\nfrom backfin import hookimpl\n"
        "@hookimpl\ndef backfin_actors():\n    print('while asked')\n    return []\n"
    )

    load(folder=tmp_path)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "while imported" in shown.err
    assert "while asked" in shown.err


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import logging; logging.disable(logging.CRITICAL)", "the logging"),
        ("import logging; logging.basicConfig(force=True)", "the logging"),
        ("import logging.config; logging.config.dictConfig({'version': 1})", "the logging"),
        ("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)", "the signal handlers"),
        ("import os; os.chdir('/')", "the working folder"),
    ],
)
def test_what_a_plugin_changes_of_the_process_is_put_back_and_said(
    source: str, what: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "bossy.py").write_text(source + "\n")
    root, ours = logging.getLogger(), logging.getLogger("backfin")

    def state() -> object:
        level = (root.manager.disable, root.level, list(root.handlers), ours.disabled)
        return level, signal.getsignal(signal.SIGTERM), Path.cwd()

    before = state()
    load(folder=tmp_path)

    assert state() == before
    assert f"plugin bossy changes {what}; that was put back" in caplog.text


def test_a_plugin_that_is_slow_to_load_or_stuck_is_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loading, "SLOW_S", 0.05)
    monkeypatch.setattr(loading, "HANGS_S", 0.02)

    @hookimpl
    def backfin_exchanges() -> list[object]:
        time.sleep(0.15)
        return []

    load(extra=[("lazy", SimpleNamespace(backfin_exchanges=backfin_exchanges))])

    assert "plugin lazy is still being loaded" in caplog.text
    assert "plugin lazy takes 0." in caplog.text


@pytest.mark.parametrize(
    ("metadata", "entry", "state", "why"),
    [
        (b"\xff\xfeName: bad\n", "bad = good_module", "on", ""),
        (None, "bad = good_module", "on", ""),
        (b"Name: bad\n", "bad = not a module!", "failed", "its entry point is 'not a module!'"),
        (b"Name: bad\n", " = good_module", "failed", "brings a plugin without a name"),
    ],
    ids=["unreadable metadata", "no metadata", "no module", "no name"],
)
def test_a_distribution_with_odd_metadata_hurts_nobody(
    metadata: bytes | None, entry: str, state: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "bad-1.dist-info"
    info.mkdir()
    if metadata is not None:
        (info / "METADATA").write_bytes(metadata)
    (info / "entry_points.txt").write_text(f"[backfin]\n{entry}\n")
    (tmp_path / "good_module.py").write_text(
        "from backfin import hookimpl\n@hookimpl\ndef backfin_actors(): return []\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(finding, "entry_points", importlib.metadata.entry_points)

    _, records = load(extra=[("good", GOOD)])

    found = records["" if entry.startswith(" ") else "bad"]
    assert (found.state, why in found.why) == (state, True)
    assert records["good"].state == "on"


def test_a_file_of_the_plugin_folder_may_postpone_its_annotations(tmp_path: Path) -> None:
    (tmp_path / "desk.py").write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from backfin import hookimpl\n"
        "from pydantic import BaseModel, SecretStr\n\n"
        "@dataclass\nclass Room:\n    name: SecretStr\n\n"
        "class Config(BaseModel):\n    token: SecretStr\n\n"
        "@hookimpl\ndef backfin_config_model() -> type[Config]:\n    return Config\n\n"
        "@hookimpl\ndef backfin_notifiers(config: Config):\n"
        "    assert config.token.get_secret_value() == 'key'\n    return []\n"
    )

    _, records = load(folder=tmp_path, plugin={"desk": {"token": "key"}})

    assert (records["desk"].state, records["desk"].why) == ("on", "")


def test_a_wrapper_of_one_plugin_does_not_reach_another() -> None:
    @hookimpl(wrapper=True)
    def backfin_exchanges() -> Any:
        yield
        return []

    host, records = load([("good", GOOD)], [("greedy", SimpleNamespace(backfin_exchanges=backfin_exchanges))])

    assert list(host.registry.exchanges) == ["good"]
    assert records["good"].state == "on"


def test_loading_again_starts_afresh() -> None:
    host, _ = load(extra=[("good", GOOD)])

    host.load([], [])

    assert host.records == ()
    assert host.registry.exchanges == {}


def test_real_entry_points_are_read_with_their_distribution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "backfin_sample.py").write_text(
        "from backfin import hookimpl\n\n@hookimpl\ndef backfin_on_event(event):\n    pass\n"
    )
    info = tmp_path / "backfin_sample-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: backfin-sample\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[backfin]\nsample = backfin_sample\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(finding, "entry_points", importlib.metadata.entry_points)

    _, records = load()

    sample = records["sample"]
    assert (sample.state, sample.version, sample.origin) == ("on", "1.2", "backfin-sample (backfin_sample)")


def test_fifty_plugins_load_quickly_though_five_are_broken(install: Callable[..., dict[str, int]]) -> None:
    plugins: dict[str, object] = {
        f"p{number:02}": offering("backfin_exchanges", FakeExchange(f"e{number}")) for number in range(45)
    }
    plugins |= {f"broken{number}": ImportError("gone") for number in range(5)}
    install(**plugins)
    load()

    start = time.process_time()
    host, _ = load()
    took_s = time.process_time() - start

    assert len(host.registry.exchanges) == 45
    assert sum(record.state == "failed" for record in host.records) == 5
    assert took_s < 0.3


def test_every_kind_of_component_has_a_hook_of_its_own() -> None:
    assert len({kind.hook for kind in KINDS}) == len(KINDS) == 6


def test_a_section_may_spell_a_plugins_name_as_the_environment_must(caplog: pytest.LogCaptureFixture) -> None:
    class Config(BaseModel):
        room: str = "none"

    taken: list[str] = []

    @hookimpl
    def backfin_config_model() -> type[BaseModel]:
        return Config

    @hookimpl
    def backfin_exchanges(config: Any) -> list[object]:
        taken.append(config.room)
        return []

    plugin = SimpleNamespace(backfin_config_model=backfin_config_model, backfin_exchanges=backfin_exchanges)
    _, records = load(extra=[("my-desk", plugin)], plugin={"my_desk": {"room": "sales"}})

    assert taken == ["sales"]
    assert list(records) == ["my-desk"]


@pytest.mark.parametrize(
    ("step", "cron", "state"),
    [
        (lambda ctx, key, number: [], None, "on"),
        (lambda ctx, key, number: [], "0 9 * * *", "failed"),
        (lambda ctx: [], None, "failed"),
    ],
    ids=["needs an option", "scheduled without its option", "takes no key"],
)
def test_a_step_must_take_what_it_will_be_given(step: Any, cron: str | None, state: str) -> None:
    actor = ActorSpec("deals.read", step, "deals", cron=cron)

    _, records = load(extra=[("deals", offering("backfin_actors", actor))])

    assert records["deals"].state == state
