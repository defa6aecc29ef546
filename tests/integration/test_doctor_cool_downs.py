"""What the doctor says of an exchange while somebody is left alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backfin import Backfin
from backfin.diagnosis.exchanges import exchange_finding
from backfin.storage.pacer import StorePacer
from backfin.testing import FakeExchange, make_app


@pytest.fixture
def app() -> Iterator[Backfin]:
    with make_app(exchanges=[FakeExchange()]) as app:
        yield app


@pytest.mark.parametrize(("name", "is_well"), [("api.exchange.example", False), ("telegram/0a1b2c", True)])
def test_a_host_that_cools_down_is_reported_and_a_chat_of_a_channel_is_not(
    app: Backfin, name: str, is_well: bool
) -> None:
    StorePacer(app.store).cool_down(name, 60, why="it asked for it")

    finding = exchange_finding(app, app.context.exchange("fake"))

    assert finding.ok is is_well
    assert (name in finding.detail) is not is_well
