"""Fixtures for the tests of plugins, there wherever backfin is installed. Nothing loads before it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from backfin.app import Backfin
    from backfin.testing import FrozenClock, RecordingNotifier


@pytest.fixture
def no_network() -> Iterator[None]:
    """The test may reach this machine, and nothing beyond; see :func:`backfin.testing.no_network`."""
    from backfin.testing import no_network

    with no_network():
        yield


@pytest.fixture
def frozen_clock() -> FrozenClock:
    """A clock that stands at noon in India on 1 July 2026."""
    from backfin.testing import FrozenClock

    return FrozenClock()


@pytest.fixture
def recording_notifier() -> RecordingNotifier:
    """A channel that keeps what it sends to ``test:`` addresses."""
    from backfin.testing import RecordingNotifier

    return RecordingNotifier()


@pytest.fixture
def backfin_app() -> Iterator[Callable[..., Backfin]]:
    """Makes apps as :func:`backfin.testing.make_app` does, and closes them with the test."""
    from backfin.testing import make_app

    with ExitStack() as stack:

        def make(**arguments: Any) -> Backfin:
            return stack.enter_context(make_app(**arguments))

        yield make
