"""A worker's heartbeat goes on whatever goes wrong in one beat."""

from __future__ import annotations

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker

from backfin.heartbeat import Heartbeat
from backfin.progress import Progress
from backfin.testing import make_app


def test_a_beat_that_cannot_be_told_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def changing(self: Heartbeat) -> None:
        raise RuntimeError("dictionary changed size during iteration")

    with make_app() as app:
        heartbeat = Heartbeat(app.store, dramatiq.Worker(StubBroker(middleware=[])), Progress())
        with monkeypatch.context() as patch:
            patch.setattr(Heartbeat, "_told", changing)
            heartbeat._beat()
        assert app.store.workers.list() == []

        heartbeat._beat()

        assert [one.worker_id for one in app.store.workers.list()] == [heartbeat.worker_id]
