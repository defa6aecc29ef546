"""The fakes that authors of plugins use keep the promises of what they stand in for; the guard holds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from backfin import Backfin
from backfin.errors import ModelBusy
from backfin.interfaces import DocumentReader, Enricher, PromptSet
from backfin.models import State
from backfin.testing import (
    DocumentReaderContract,
    EnricherContract,
    FakeEnricher,
    FakeExchange,
    FakePlugin,
    FakePromptSet,
    FakeReader,
    FrozenClock,
    NetworkUsed,
    PromptSetContract,
    RecordingNotifier,
    StillPacer,
    make_announcement,
    make_app,
    make_reading,
    make_row,
    make_services,
    make_watch,
    no_network,
    run_exchange,
)


class TestFakeEnricher(EnricherContract):
    def make(self) -> Enricher:
        return FakeEnricher()


class TestFakePromptSet(PromptSetContract):
    def make(self) -> PromptSet:
        return FakePromptSet()


class TestFakeReader(DocumentReaderContract):
    words = "an order"

    def make(self) -> DocumentReader:
        return FakeReader("Receipt of an order")

    def good_file(self) -> bytes:
        return b"Receipt of an order"


def test_a_fake_enricher_raises_its_faults_first_and_keeps_what_it_was_asked() -> None:
    enricher, reading = FakeEnricher(faults=(ModelBusy("Busy."),), headline="A"), make_reading("one")

    with pytest.raises(ModelBusy):
        enricher.enrich(reading, FakePromptSet())
    answer = enricher.enrich(reading, FakePromptSet())

    assert answer.headline == "A"
    assert enricher.asked == [reading, reading]


def test_fakes_of_every_kind_work_together_in_one_app() -> None:
    exchange, channel, enricher = FakeExchange([make_row(1)]), RecordingNotifier(), FakeEnricher()
    wanted = FakePromptSet(wants=lambda item: item.exchange == "fake")
    plugin = FakePlugin("more", prompt_sets=[wanted], readers=[FakeReader()])
    with make_app(exchanges=[exchange], notifiers=[channel], enrichers=[enricher], plugins=[plugin]) as app:
        app.store.watches.put(make_watch())
        run_exchange(app, "fake")

        assert app.store.announcements.status("fake:1").state is State.MATCHED
        assert app.context.prompt_set_for(make_announcement()).name == "fake"
        kept = app.store.enrichments.latest("fake:1")
        assert kept is not None
        assert kept.enricher == "fake"
    assert len(channel.sent) == 1


def test_services_stand_still() -> None:
    services = make_services(secrets={"webhook": "w"})

    services.pacer.wait("host", 1e9)
    services.pacer.cool_down("host", 1.0, why="blocked")

    assert services.secret("webhook") == "w"
    assert services.secret("other") == "other"
    assert isinstance(services.pacer, StillPacer)
    assert services.pacer.told == [("cool_down", "host")]


def try_to_connect(address: tuple[str, int]) -> int:
    """Reaches out by the call that raises no error of its own."""
    with socket.socket() as one:
        return one.connect_ex(address)


@pytest.mark.parametrize(
    "reach",
    [
        lambda: socket.create_connection(("203.0.113.7", 80), timeout=1),
        lambda: socket.getaddrinfo("exchange.example", 443),
        lambda: requests.get("http://exchange.example/", timeout=1),
        lambda: try_to_connect(("203.0.113.7", 80)),
    ],
)
def test_the_guard_refuses_what_lies_beyond_this_machine(reach: Callable[[], Any]) -> None:
    with no_network(), pytest.raises(NetworkUsed, match="a test reached for"):
        reach()


def test_the_guard_lets_a_local_server_be_reached_from_any_thread() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, no_network(), ExitStack() as stack:
        found: list[socket.socket] = []
        thread = threading.Thread(
            target=lambda: found.append(socket.create_connection(server.getsockname(), timeout=5))
        )
        thread.start()
        thread.join()
        stack.enter_context(found[0])

    assert found


def test_the_guard_ends_with_its_block() -> None:
    before = socket.socket.connect

    with no_network():
        assert socket.socket.connect is not before

    assert socket.socket.connect is before


def test_the_fixtures_are_there_by_installing(
    backfin_app: Callable[..., Backfin],
    frozen_clock: FrozenClock,
    recording_notifier: RecordingNotifier,
    no_network: None,
) -> None:
    app = backfin_app(
        exchanges=[FakeExchange([make_row(1)])], notifiers=[recording_notifier], clock=frozen_clock
    )
    app.store.watches.put(make_watch())

    run_exchange(app, "fake")

    assert len(recording_notifier.sent) == 1
