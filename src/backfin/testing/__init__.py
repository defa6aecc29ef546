"""What tests of backfin and of its plugins need: fakes, factories, and contracts to subclass.

Public: the names below keep their meaning within a major version. Each part loads when it is first asked for.

Example::

    from backfin.testing import FakeExchange, RecordingNotifier, make_app, make_row, make_watch, run_exchange

    channel = RecordingNotifier()
    with make_app(exchanges=[FakeExchange([make_row(1)])], notifiers=[channel]) as app:
        app.store.watches.put(make_watch())
        run_exchange(app, "fake")
    assert len(channel.sent) == 1
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backfin.enrichment.prompts import lint_prompt_file, lint_prompt_set
    from backfin.testing.apps import FakePlugin, make_app, run_exchange
    from backfin.testing.contracts.enricher import EnricherContract
    from backfin.testing.contracts.exchange import ExchangeContract
    from backfin.testing.contracts.notifier import NotifierContract
    from backfin.testing.contracts.prompt_set import PromptSetContract
    from backfin.testing.contracts.reader import DocumentReaderContract
    from backfin.testing.factories import (
        make_alert,
        make_announcement,
        make_digest,
        make_document,
        make_enrichment,
        make_reading,
        make_watch,
    )
    from backfin.testing.fake_exchange import FakeExchange, make_row
    from backfin.testing.fakes import FakeEnricher, FakePromptSet, FakeReader, StillPacer, make_services
    from backfin.testing.frozen_clock import FrozenClock
    from backfin.testing.local_server import LocalServer, Reply, Request
    from backfin.testing.network_guard import NetworkUsed, no_network
    from backfin.testing.recording_notifier import RecordingNotifier

_HOMES = {
    "DocumentReaderContract": "contracts.reader",
    "EnricherContract": "contracts.enricher",
    "ExchangeContract": "contracts.exchange",
    "FakeEnricher": "fakes",
    "FakeExchange": "fake_exchange",
    "FakePlugin": "apps",
    "FakePromptSet": "fakes",
    "FakeReader": "fakes",
    "FrozenClock": "frozen_clock",
    "LocalServer": "local_server",
    "NetworkUsed": "network_guard",
    "NotifierContract": "contracts.notifier",
    "PromptSetContract": "contracts.prompt_set",
    "RecordingNotifier": "recording_notifier",
    "Reply": "local_server",
    "Request": "local_server",
    "StillPacer": "fakes",
    "lint_prompt_file": "prompts",
    "lint_prompt_set": "prompts",
    "make_alert": "factories",
    "make_digest": "factories",
    "make_announcement": "factories",
    "make_app": "apps",
    "make_document": "factories",
    "make_enrichment": "factories",
    "make_reading": "factories",
    "make_row": "fake_exchange",
    "make_services": "fakes",
    "make_watch": "factories",
    "no_network": "network_guard",
    "run_exchange": "apps",
}

__all__ = [
    "DocumentReaderContract",
    "EnricherContract",
    "ExchangeContract",
    "FakeEnricher",
    "FakeExchange",
    "FakePlugin",
    "FakePromptSet",
    "FakeReader",
    "FrozenClock",
    "LocalServer",
    "NetworkUsed",
    "NotifierContract",
    "PromptSetContract",
    "RecordingNotifier",
    "Reply",
    "Request",
    "StillPacer",
    "lint_prompt_file",
    "lint_prompt_set",
    "make_alert",
    "make_announcement",
    "make_app",
    "make_digest",
    "make_document",
    "make_enrichment",
    "make_reading",
    "make_row",
    "make_services",
    "make_watch",
    "no_network",
    "run_exchange",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'backfin.testing' has no attribute {name!r}")
    return getattr(import_module(f"backfin.testing.{home}"), name)
