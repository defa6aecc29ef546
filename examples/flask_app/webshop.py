"""A Flask application with a broker of its own: backfin joins it in the application factory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import dramatiq
from dramatiq.brokers.stub import StubBroker
from flask import Flask, Response, jsonify

from backfin import Backfin, Settings
from backfin.testing import FakeExchange, FakePlugin, FrozenClock, make_row, run_exchange

broker = StubBroker()  # the broker of the application; in a deployment, a RedisBroker


@dramatiq.actor(broker=broker, actor_name="shop.greet")
def greet(name: str) -> None:
    """The application's own work."""


def create_app(backfin: Backfin) -> Flask:
    """The application. backfin hangs on it as extensions do."""
    app = Flask(__name__)
    app.extensions["backfin"] = backfin
    backfin.open()
    backfin.declare(broker)

    @app.get("/filings/<key>")
    def filing(key: str) -> Response:
        """One filing as backfin read it."""
        enrichment = app.extensions["backfin"].store.enrichments.latest(key)
        return jsonify({"category": enrichment.category, "summary": enrichment.summary})

    return app


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), exchanges={"bse": {"enabled": False}}, plugins={"enabled": ()})
        sample = FakePlugin("sample", exchanges=[FakeExchange([make_row(1)])])
        backfin = Backfin(settings, plugins=[sample], clock=FrozenClock())
        app = create_app(backfin)
        ours = [name for name in broker.actors if name.startswith("backfin.")]
        print(f"actors: {len(ours)} of backfin beside {greet.actor_name}")
        run_exchange(backfin, "fake")
        answer = app.test_client().get("/filings/fake:1")
        print(answer.status_code, answer.get_json()["category"])
        backfin.close()
