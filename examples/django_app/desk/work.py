"""The project's broker, and the backfin that lives on it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dramatiq.brokers.stub import StubBroker

from backfin import Backfin, Settings
from backfin.testing import FakeExchange, FakePlugin, FrozenClock, make_row

broker = StubBroker()  # in a deployment, the broker that django_dramatiq sets up


def make_backfin() -> Backfin:
    """backfin with an exchange of one filing, so that the example needs no network."""
    home = Path(tempfile.mkdtemp(prefix="backfin-django-"))
    settings = Settings(home=home, exchanges={"bse": {"enabled": False}}, plugins={"enabled": ()})
    sample = FakePlugin("sample", exchanges=[FakeExchange([make_row(1)])])
    return Backfin(settings, plugins=[sample], clock=FrozenClock())
