"""Traces for OpenTelemetry: one for each announcement, whatever process runs its steps.

The ids of a trace and of its root are made from the announcement's id, and in a replay the run's, so that no context
has to travel in messages. The step that brings an announcement into the pipeline records the root. Nothing of
OpenTelemetry is imported before a trace is wanted.
"""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from backfin.settings import Settings, scrub, secrets_of
from backfin.tracing import Recorder, StepFacts

log = logging.getLogger("backfin")

#: Spans that wait to be sent, at most; a poll of a busy day brings thousands of announcements at once.
MOST_WAITING = 20_000

#: Where a collector takes traces.
_PATH = "/v1/traces"

#: Actors that bring announcements into the pipeline.
_BRING = ("backfin.scrape.", "backfin.close_day.", "backfin.replay")


class TraceIds(NamedTuple):
    """The ids of an announcement's trace, and of its root span."""

    trace: int
    root: int


def trace_ids_of(announcement_id: str, run: str | None = None) -> TraceIds:
    """The ids of the trace of an announcement's way through the pipeline, or through one replay.

    >>> trace_ids_of("bse:1") == trace_ids_of("bse:1"), trace_ids_of("bse:1") == trace_ids_of("bse:1", "r_1")
    (True, False)
    """
    digest = hashlib.sha256(f"{announcement_id}\0{run or ''}".encode()).digest()
    return TraceIds(int.from_bytes(digest[:16]), int.from_bytes(digest[16:24]))


class Telemetry:
    """Makes the recorder that settings ask for, once a process, at the first step.

    Args:
        settings: Say where traces go; nothing is recorded where they do not.
        announcement_of: The announcement that an actor's item is about, if it is about one.
    """

    def __init__(self, settings: Settings, announcement_of: Callable[[str, str], str | None]) -> None:
        self._settings = settings
        self._announcement_of = announcement_of
        self._pid = 0
        self._recorder: OtelRecorder | None = None
        self._making = threading.Lock()

    def recorder(self) -> Recorder | None:
        """Who records the spans of this process; ``None`` when nobody does."""
        if self._settings.telemetry.otlp_endpoint is None:
            return None
        with (
            self._making
        ):  # the first steps of all threads wait for it: what they did not record would be missing
            if self._pid != os.getpid():
                self._recorder = self._make()
                self._pid = os.getpid()
            return self._recorder

    @property
    def is_open(self) -> bool:
        """Whether there is something to close."""
        return self._recorder is not None

    def close(self) -> None:
        """Sends what still waits."""
        recorder, self._recorder, self._pid = self._recorder, None, 0
        if recorder is not None:
            recorder.close()

    def _make(self) -> OtelRecorder | None:
        try:
            return OtelRecorder(self._settings, self._announcement_of)
        except ImportError:
            log.warning("no traces are sent: run `pip install 'backfin[otel]'` to have them.")
            return None


#: The ids that the next span without a parent gets.
_wanted: ContextVar[TraceIds | None] = ContextVar("_wanted", default=None)


class OtelRecorder:
    """Records spans with OpenTelemetry and sends them over OTLP/HTTP.

    Args:
        settings: Say where to; their secrets are masked in what errors say.
        announcement_of: The announcement that an actor's item is about, if it is about one.

    Raises:
        ImportError: The extra is not installed.
    """

    def __init__(self, settings: Settings, announcement_of: Callable[[str, str], str | None]) -> None:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

        from backfin import __version__

        class Ids(RandomIdGenerator):
            def generate_trace_id(self) -> int:
                wanted = _wanted.get()
                return wanted.trace if wanted else super().generate_trace_id()

            def generate_span_id(self) -> int:
                wanted = _wanted.get()
                return wanted.root if wanted else super().generate_span_id()

        names = {"service.name": "backfin", "service.version": __version__, "host.name": socket.gethostname()}
        endpoint = (settings.telemetry.otlp_endpoint or "").rstrip("/").removesuffix(_PATH) + _PATH
        self._provider = TracerProvider(
            resource=Resource.create(names), id_generator=Ids(), shutdown_on_exit=False
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint), max_queue_size=MOST_WAITING)
        )
        self._tracer = self._provider.get_tracer("backfin", __version__)
        self._trace = trace
        self._secrets = secrets_of(settings)
        self._announcement_of = announcement_of

    @contextmanager
    def step(self, facts: StepFacts) -> Iterator[Callable[[list[Any]], None]]:
        """The span of a step, in the trace of its announcement, or in one of its own."""
        announcement_id = self._announcement_of(facts.actor, facts.item)
        attributes = {
            "backfin.actor": facts.actor,
            "backfin.item": facts.item,
            "backfin.tries": facts.tries,
            **_given("backfin.run", facts.run),
            **_given("backfin.announcement_id", announcement_id),
            **_given("backfin.exchange", _exchange_of(facts, announcement_id)),
            **_given("backfin.queue_wait_s", facts.waited_s),
        }
        began_ns = time.time_ns()

        def follow(following: list[Any]) -> None:
            if facts.actor.startswith(_BRING):
                self._begin_traces(following, began_ns)

        context = self._context_of(announcement_id, facts.run)
        with self._span(facts.actor, context, self._trace.SpanKind.CONSUMER, attributes):
            yield follow

    @contextmanager
    def child(self, name: str, attributes: Mapping[str, Any]) -> Iterator[None]:
        """A span within that of the step."""
        with self._span(name, None, self._trace.SpanKind.CLIENT, attributes):
            yield

    def close(self) -> None:
        """Sends what still waits, and ends."""
        self._provider.shutdown()

    @contextmanager
    def _span(self, name: str, context: Any, kind: Any, attributes: Mapping[str, Any]) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name,
            context=context,
            kind=kind,
            attributes=dict(attributes),
            record_exception=False,  # a traceback may show what nobody should see
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(self._trace.StatusCode.ERROR, scrub(str(error), self._secrets))
                raise

    def _context_of(self, announcement_id: str | None, run: str | None) -> Any:
        from opentelemetry.context import Context

        if announcement_id is None:
            return Context()
        ids = trace_ids_of(announcement_id, run)
        root = self._trace.SpanContext(
            ids.trace, ids.root, is_remote=True, trace_flags=self._trace.TraceFlags(1)
        )
        return self._trace.set_span_in_context(self._trace.NonRecordingSpan(root), Context())

    def _begin_traces(self, following: list[Any], began_ns: int) -> None:
        """Records the roots of the traces of the announcements that a step has brought."""
        from opentelemetry.context import Context

        brought = {(item.key, item.options.get("run")) for item in following if ":" in item.key}
        step = self._trace.get_current_span().get_span_context()
        for announcement_id, run in sorted(brought, key=str):
            exchange = announcement_id.partition(":")[0]
            attributes = {"backfin.announcement_id": announcement_id, "backfin.exchange": exchange}
            token = _wanted.set(trace_ids_of(announcement_id, run))
            try:
                root = self._tracer.start_span(
                    "announcement",
                    context=Context(),
                    start_time=began_ns,
                    attributes=attributes | _given("backfin.run", run),
                    links=[self._trace.Link(step)],
                )
            finally:
                _wanted.reset(token)
            root.end()


def _given(name: str, value: Any) -> dict[str, Any]:
    return {} if value is None else {name: value}


def _exchange_of(facts: StepFacts, announcement_id: str | None) -> str | None:
    """The exchange that a step is about: that of its announcement, else the one that its actor asks."""
    if announcement_id is not None:
        return announcement_id.partition(":")[0]
    return facts.item if facts.actor == f"{facts.actor.rpartition('.')[0]}.{facts.item}" else None
