"""The boundaries: wrappers that tell the points of every touch, and let the fault happen there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from dramatiq.brokers.stub import StubBroker
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.util import LRUCache

from backfin.enrichment.llm_pages import estimate_tokens
from backfin.enrichment.llm_service import LlmService
from backfin.enrichment.llm_wire import Completion
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.errors import ExchangeUnavailable, ModelBusy, NotifierUnavailable
from backfin.interfaces import Download, FeedPage, PromptSet
from backfin.models import Alert, Attachment, Digest, Enrichment, Issuer, Reading, Receipt
from backfin.plugins.registry import Registry
from backfin.storage.archive_places import Folder
from backfin.storage.database import Database
from backfin.storage.engine import build_engine
from backfin.storage.failures import in_our_words
from backfin.testing import FakeExchange, RecordingNotifier
from fault_walk.model import answer_to
from fault_walk.points import (
    CRASH_WITHIN,
    ERROR_WITHIN,
    FLUSHED,
    READING,
    SENDING,
    WRITING,
    Points,
)
from fault_walk.queue import Queue

T = TypeVar("T")


def wrap(patch: pytest.MonkeyPatch, points: Points) -> None:
    """Wraps what the product itself touches: store, archive and model service."""
    _wrap_store(patch, points)
    _wrap_archive(patch, points)
    _wrap_model(patch, points)
    # Plugins' components are called in threads of their own; a crash must reach the thread that works.
    patch.setattr(Registry, "is_built_in", lambda self, kind, name: True)


def _wrap_store(patch: pytest.MonkeyPatch, points: Points) -> None:
    read, write, change = Database.read, Database.write, Database.change

    @contextmanager
    def reading(self: Database) -> Iterator[Connection]:
        if self._joined.connection is None:
            with around(self, "read", READING):
                pass
        with read(self) as connection:
            yield connection

    @contextmanager
    def writing(self: Database, *, durable: bool = False) -> Iterator[Connection]:
        if self._joined.connection is not None:
            yield self._joined.connection
            return
        with around(self, "write", WRITING) as kind:
            with write(self, durable=durable) as connection:
                yield connection
                break_off(kind)

    def changing(self: Database, work: Callable[[Connection], T], *, durable: bool = False) -> T:
        if self._joined.connection is not None:
            return work(self._joined.connection)

        def broken_off(connection: Connection) -> T:
            found = work(connection)
            break_off(kind)
            return found

        with around(self, "write", WRITING) as kind:
            return change(self, broken_off, durable=durable)

    def around(database: Database, name: str, kinds: tuple[str, ...]) -> AbstractContextManager[str | None]:
        return points.around("store", name, kinds, lambda: in_our_words(_broken_disk(), database.shown_url))

    def break_off(kind: str | None) -> None:
        if kind == ERROR_WITHIN:
            raise _broken_disk()
        if kind == CRASH_WITHIN:
            points.crash()

    patch.setattr(Database, "read", reading)
    patch.setattr("backfin.storage.database.build_engine", _compiled_once)
    patch.setattr(Database, "write", writing)
    patch.setattr(Database, "change", changing)


def _compiled_once(url: URL) -> Engine:
    engine = build_engine(url)
    engine._compiled_cache = _compiled
    return engine


def _broken_disk() -> sqlite3.OperationalError:
    return sqlite3.OperationalError("disk I/O error")


def _wrap_archive(patch: pytest.MonkeyPatch, points: Points) -> None:
    for name, kinds in (("exists", READING), ("read", READING), ("write", WRITING), ("copy_in", WRITING)):
        patch.setattr(Folder, name, _archived(points, name, getattr(Folder, name), kinds))


def _archived(points: Points, name: str, real: Any, kinds: tuple[str, ...]) -> Any:
    from backfin.storage.archive_places import _translated

    def touch(self: Folder, path: str, *given: Any) -> Any:
        with _translated("the archive"):
            with points.around("archive", name, kinds, lambda: OSError(5, "Input/output error")) as kind:
                if kind in (ERROR_WITHIN, CRASH_WITHIN):
                    _leave_a_part(self._root / path)
                    points.crash() if kind == CRASH_WITHIN else _fail()
                return real(self, path, *given)

    return touch


def _leave_a_part(target: Path) -> None:
    """What a power cut leaves: a part beside the file, and the file with nothing in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    (target.parent / ".part-cut").write_bytes(b"half")
    if not target.exists():
        target.touch()


def _fail() -> None:
    raise OSError(28, "No space left on device")


def _wrap_model(patch: pytest.MonkeyPatch, points: Points) -> None:
    def complete(self: LlmService, messages: list[dict[str, str]], schema: dict[str, Any]) -> Completion:
        with points.around("llm", "complete", SENDING, lambda: ModelBusy("The model is down.")):
            return answer_to(messages, schema)

    patch.setattr(LlmService, "complete", complete)
    # What costs time and touches nothing is worked out once for all cases.
    patch.setattr("backfin.enrichment.llm_service.estimate_tokens", _estimate_tokens)
    patch.setattr(RulesEnricher, "enrich", _read_once)
    patch.setattr(LlmService, "check", lambda self: None)


#: Statements as SQLAlchemy compiled them, for the databases of all cases.
_compiled: Any = LRUCache(1000)
_estimate_tokens = cache(estimate_tokens)
_read_by_rules = RulesEnricher.enrich
_readings: dict[str, Enrichment] = {}


def _read_once(self: RulesEnricher, reading: Reading, prompt_set: PromptSet) -> Enrichment:
    key = reading.model_dump_json()
    if key not in _readings:
        _readings[key] = _read_by_rules(self, reading, prompt_set)
    return _readings[key]


class TouchyExchange(FakeExchange):
    """An exchange whose every answer is a point."""

    points: Points

    def fetch_day(self, day: Any) -> Iterator[FeedPage]:
        for page in super().fetch_day(day):
            self._met(f"page {page.number}")
            yield page

    def fetch_attachment(self, attachment: Attachment) -> Download:
        self._met("file")
        return super().fetch_attachment(attachment)

    def fetch_issuers(self) -> list[Issuer]:
        self._met("issuers")
        return super().fetch_issuers()

    def parse(self, row: Any) -> Any:
        """As it is, with a second file where the row names one."""
        parsed = super().parse(row)
        more = row.get("second_file")
        if not more:
            return parsed
        second = Attachment(name=more, urls=(f"https://files.example/{more}",))
        return parsed.model_copy(update={"attachments": (*parsed.attachments, second)})

    def _met(self, what: str) -> None:
        with self.points.around("exchange", what, READING, lambda: ExchangeUnavailable("It is away.")):
            pass


class TouchyChannel(RecordingNotifier):
    """A channel whose every send is a point. It keeps everything that arrives, also what arrives twice.

    Args:
        scheme: Of its addresses.
        accepts_token: Whether it knows a repeat by its id.
    """

    points: Points

    def __init__(self, scheme: str, *, accepts_token: bool = False) -> None:
        super().__init__()
        self.name, self.schemes, self.accepts_token = scheme, (scheme,), accepts_token
        #: What arrived: address, what it tells, and under which id.
        self.arrived: list[tuple[str, str, str]] = []

    def check(self, address: str) -> None:
        """Takes any address."""

    def send(self, alert: Alert, address: str) -> Receipt:
        return self._take(f"{alert.announcement.announcement_id} {alert.phase}", alert.delivery_id, address)

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        told = sorted(one.announcement.announcement_id for one in digest.filings)
        return self._take(f"digest {' '.join(told)}", digest.delivery_id, address)

    def _take(self, what: str, delivery_id: str, address: str) -> Receipt:
        is_taken = False

        def failure() -> NotifierUnavailable:
            # A channel that knows its repeats need not say that the message may be on its way.
            return NotifierUnavailable("It is away.", maybe_sent=is_taken and not self.accepts_token)

        with self.points.around("channel", self.name, SENDING, failure):
            is_taken = True
            self.arrived.append((address, what, delivery_id))
        return Receipt(provider_id=delivery_id)


class TouchyBroker(StubBroker):
    """A broker whose messages lie in a queue that outlives the process.

    Args:
        queue: Where they lie.
        points: Told of every message that is handed over.
    """

    def __init__(self, queue: Queue, points: Points) -> None:
        super().__init__(middleware=[])
        self._queue_of_messages = queue
        self._points = points

    def enqueue(self, message: Any, *, delay: int | None = None) -> Any:
        kinds = (*SENDING, FLUSHED)
        with self._points.around("broker", "enqueue", kinds, lambda: RedisConnectionError("gone")) as kind:
            if kind == FLUSHED:
                self._queue_of_messages.flush()
            self._queue_of_messages.put(
                message.actor_name,
                message.args[0] if message.args else "",
                message.kwargs,
                (delay or 0) / 1000,
            )
        return message
