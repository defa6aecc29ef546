"""A FastAPI application that takes backfin onto its own broker and answers from its store."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from dramatiq.brokers.stub import StubBroker
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from backfin import Backfin, Settings, hookimpl
from backfin.models.events import Event
from backfin.testing import FakeExchange, FakePlugin, FrozenClock, make_row, run_exchange

broker = StubBroker()  # the broker of the application; in a deployment, a RedisBroker


class Ears:
    """A plugin of the application: counts what happens."""

    name = "ears"

    def __init__(self) -> None:
        self.heard: Counter[str] = Counter()

    @hookimpl
    def backfin_on_event(self, event: Event) -> None:
        """Called after the store knows what the event tells."""
        self.heard[type(event).__name__] += 1


ears = Ears()


def make_backfin(home: Path) -> Backfin:
    """backfin with an exchange of two filings, so that the example needs no network."""
    settings = Settings(home=home, exchanges={"bse": {"enabled": False}}, plugins={"enabled": ()})
    exchange = FakeExchange([make_row(1), make_row(2)])
    sample = FakePlugin("sample", exchanges=[exchange])
    return Backfin(settings, plugins=[sample, ears], clock=FrozenClock())


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Declares backfin's actors when the application starts, and closes its store when it ends."""
    backfin: Backfin = app.state.backfin
    backfin.open()
    backfin.declare(broker)
    yield
    backfin.close()


app = FastAPI(lifespan=lifespan)


@app.get("/filings")
def filings(request: Request) -> list[dict[str, Any]]:
    """What backfin knows, newest first."""
    backfin: Backfin = request.app.state.backfin
    found = backfin.store.announcements.search(limit=10).items
    return [{"id": one["announcement_id"], "headline": one["enriched_headline"]} for one in found]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        app.state.backfin = make_backfin(Path(folder))
        with TestClient(app) as client:
            print(f"actors on the application's broker: {len(broker.actors)}")
            print(f"before: {client.get('/filings').json()}")
            run_exchange(app.state.backfin, "fake")
            for filing in client.get("/filings").json():
                print(filing["id"], filing["headline"])
            print(f"the application heard {ears.heard['EnrichmentStored']} times of a filing that was read")
