"""A whole backfin in a folder of its own, for one test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from backfin.app import Backfin
from backfin.clock import Clock
from backfin.interfaces import DocumentReader, Enricher, Exchange, Notifier, PromptSet
from backfin.plugins import hookimpl
from backfin.settings import Settings
from backfin.specs import ActorSpec, Next
from backfin.testing.frozen_clock import FrozenClock


@dataclass(frozen=True)
class FakePlugin:
    """A plugin that offers the components it is given."""

    name: str = "fakes"
    exchanges: Sequence[Exchange] = ()
    readers: Sequence[DocumentReader] = ()
    prompt_sets: Sequence[PromptSet] = ()
    enrichers: Sequence[Enricher] = ()
    notifiers: Sequence[Notifier] = ()
    actors: Sequence[ActorSpec] = ()

    @hookimpl
    def backfin_exchanges(self) -> Sequence[Exchange]:
        """The exchanges given."""
        return self.exchanges

    @hookimpl
    def backfin_document_readers(self) -> Sequence[DocumentReader]:
        """The readers given."""
        return self.readers

    @hookimpl
    def backfin_prompt_sets(self) -> Sequence[PromptSet]:
        """The prompt sets given."""
        return self.prompt_sets

    @hookimpl
    def backfin_enrichers(self) -> Sequence[Enricher]:
        """The enrichers given."""
        return self.enrichers

    @hookimpl
    def backfin_notifiers(self) -> Sequence[Notifier]:
        """The channels given."""
        return self.notifiers

    @hookimpl
    def backfin_actors(self) -> Sequence[ActorSpec]:
        """The actors given."""
        return self.actors


@contextmanager
def make_app(
    *,
    exchanges: Sequence[Exchange] = (),
    enrichers: Sequence[Enricher] = (),
    notifiers: Sequence[Notifier] = (),
    plugins: Sequence[object] = (),
    clock: Clock | None = None,
    home: Path | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Iterator[Backfin]:
    """A :class:`~backfin.Backfin` with an open SQLite store, on no broker; closed at the end.

    Nothing from outside reaches it: neither environment nor settings file, no installed plugin, no BSE. The
    enrichers given are asked before the rules.

    Args:
        exchanges: Exchanges beside the built-in plugins.
        enrichers: Enrichers to ask first.
        notifiers: Channels beside the built-in ones.
        plugins: Further plugins, as ``Backfin`` takes them.
        clock: The time; stands still at noon of 1 July 2026 in India by default.
        home: Where everything is kept; a temporary folder by default, removed at the end.
        settings: Settings by name, sections as mappings: ``{"steps": {"max_tries": 2}}``.

    Example:
        >>> from backfin.testing import FakeExchange, make_app, make_row
        >>> with make_app(exchanges=[FakeExchange([make_row(1)])]) as app:
        ...     len(app.context.exchange("fake").fetch_issuers())
        0
    """
    fakes = FakePlugin(exchanges=exchanges, enrichers=enrichers, notifiers=notifiers)
    with tempfile.TemporaryDirectory(prefix="backfin-") as folder:
        given = {"enrichers": tuple(one.name for one in enrichers), **(settings or {})}
        chosen = isolated_settings(home or Path(folder), given)
        app = Backfin(chosen, plugins=[fakes, *plugins], clock=clock or FrozenClock())
        try:
            app.open()
            yield app
        finally:
            app.close()


def run_exchange(app: Backfin, exchange: str, **options: Any) -> None:
    """Reads an exchange and does everything that follows, in this thread, with no broker and no waiting.

    Args:
        app: As :func:`make_app` gives it.
        exchange: Name of the exchange.
        **options: Those of the scrape, e.g. ``day="2026-07-01"``.

    Raises:
        ConfigError: No plugin that is on brings that exchange.
    """
    app.context.exchange(exchange)
    app.run_inline([Next(f"backfin.scrape.{exchange}", exchange, options)])


def isolated_settings(home: Path, given: Mapping[str, Any]) -> Settings:
    """Defaults and ``given`` alone: an argument wins over environment and file, so every one is passed."""
    values: dict[str, Any] = {
        name: field.get_default(call_default_factory=True)
        for name, field in Settings.model_fields.items()
        if name != "home"
    }
    isolated = {"exchanges": {"bse": {"enabled": False}}, "plugins": {"enabled": ()}}
    for name, value in {**isolated, **given}.items():
        default = values.get(name)
        if isinstance(default, BaseModel) and isinstance(value, Mapping):
            values[name] = type(default)(**value)
        else:
            values[name] = value
    return Settings(**{"home": home, **values})
