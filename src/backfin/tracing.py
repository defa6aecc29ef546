"""Spans of what is done, for whoever records them; where nobody does, they cost next to nothing.

Who records is handed on with the thread, as what it works on is: no span has to be passed along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol


class StepFacts(NamedTuple):
    """What is known of a step before it runs; ``waited_s`` is how long its message waited, ``None`` without one."""

    actor: str
    item: str
    run: str | None
    tries: int
    waited_s: float | None


class Recorder(Protocol):
    """Records spans."""

    def step(self, facts: StepFacts) -> AbstractContextManager[Callable[[list[Any]], None]]:
        """The span of a step; what it yields is told what follows the step."""
        ...

    def child(self, name: str, attributes: Mapping[str, Any]) -> AbstractContextManager[None]:
        """A span within that of the step."""
        ...


_recorder: ContextVar[Recorder | None] = ContextVar("_recorder", default=None)
_waited_s: ContextVar[float | None] = ContextVar("_waited_s", default=None)


@contextmanager
def recording(recorder: Recorder | None) -> Iterator[None]:
    """Lets a recorder have the spans of this thread while the block lasts."""
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)


def waited(seconds: float | None) -> None:
    """Notes how long the message of the next step has waited."""
    _waited_s.set(seconds)


@contextmanager
def step_span(actor: str, item: str, run: str | None, tries: int) -> Iterator[Callable[[list[Any]], None]]:
    """The span of a step; what it yields is told what follows the step."""
    recorder, waited_s = _recorder.get(), _waited_s.get()
    _waited_s.set(None)  # the steps that follow in place have waited for nothing
    if recorder is None:
        yield _nobody
        return
    with recorder.step(StepFacts(actor, item, run, tries, waited_s)) as follow:
        yield follow


@contextmanager
def span(name: str, **attributes: Any) -> Iterator[None]:
    """A span within that of the step. Neither name nor attributes may hold a secret."""
    recorder = _recorder.get()
    if recorder is None:
        yield
        return
    with recorder.child(name, attributes):
        yield


def _nobody(following: list[Any]) -> None:
    """Nobody wants to know."""
