"""The sample day of ``backfin demo`` on the embedded default: its exchange, its workers, its watches."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from backfin.app import Backfin
from backfin.cli.progress import bar
from backfin.cli.runtime import redis_of, workers
from backfin.cli.session import open_app_on_broker
from backfin.cli.waiting import start_replay, wait_for
from backfin.demo import DAY, DemoDay, SampleWatch, load_day
from backfin.identity import watch_id
from backfin.models import Phase, Watch
from backfin.settings import Settings, load_settings
from backfin.steps.replay_request import ReplayRequest
from backfin.testing.exchange_server import ExchangeServer

#: Rows of the table at the end.
_TOP = 15


@contextmanager
def sample_day(*, quiet: bool) -> Iterator[tuple[Settings, dict[str, Any]]]:
    """Runs the sample day; sample exchange and workers stay up while the block lasts.

    Yields:
        The settings it ran with, and its figures as ``backfin demo --json`` prints them.
    """
    started = time.monotonic()
    day = load_day()
    with ExitStack() as stack:
        server = stack.enter_context(ExchangeServer(day.rows, day.files.get, issuers=day.issuers))
        settings = load_settings(**_overrides(server.api_url, server.files_url))
        url, _ = stack.enter_context(redis_of(settings))
        stack.enter_context(workers(settings, url, extra=_environment(server.api_url, server.files_url)))
        app = open_app_on_broker(settings.model_copy(update={"redis_url": url}))
        _put_watches(app, day.watches, settings.home.resolve())
        result = _run(app, day, quiet=quiet)
        result["seconds"] = round(time.monotonic() - started, 1)
        yield settings, result


def _overrides(api_url: str, files_url: str) -> dict[str, Any]:
    """Settings of the demo: the sample exchange, no waiting, no LLM, no plugins of others."""
    bse = {"api_url": api_url, "files_url": files_url, "min_interval": 0.0}
    return {"exchanges": {"bse": bse}, "llm": {"api_key": None}, "plugins": {"enabled": ()}}


def _environment(api_url: str, files_url: str) -> Mapping[str, str]:
    """The same for the worker processes."""
    return {
        "BACKFIN_EXCHANGES__BSE__API_URL": api_url,
        "BACKFIN_EXCHANGES__BSE__FILES_URL": files_url,
        "BACKFIN_EXCHANGES__BSE__MIN_INTERVAL": "0",
        "BACKFIN_LLM__API_KEY": "",
        "OPENAI_API_KEY": "",
        "BACKFIN_PLUGINS": "",
    }


def _put_watches(app: Backfin, samples: Iterable[SampleWatch], home: Path) -> None:
    for sample in samples:
        watch = Watch(
            watch_id=watch_id(sample.name),
            name=sample.name,
            rule=sample.rule,
            addresses=tuple(address.replace("{home}", str(home)) for address in sample.addresses),
            phase=Phase(sample.phase),
            created_at=app.clock.now(),
        )
        app.store.watches.put(watch)


def _run(app: Backfin, day: DemoDay, *, quiet: bool) -> dict[str, Any]:
    request = ReplayRequest(first=DAY.isoformat(), exchange="bse", notify=True)
    with bar(quiet=quiet) as on_progress:
        replayed = wait_for(app, start_replay(app, request)[0], on_progress)
    store = app.store
    found = store.announcements.select(exchange="bse", first=DAY, last=DAY)
    top = store.announcements.top(_TOP, since=DAY, until=DAY)
    return {
        "announcements": len(found),
        "enriched": sum(1 for item in found if item.state.value == "matched"),
        "mentions": sum(len(store.investors.mentions(item.announcement_id)) for item in found),
        "deliveries": replayed["notified"],
        "failed": replayed["failed"],
        "top": top,
    }
