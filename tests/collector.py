"""Somebody who collects traces: a web server that takes OTLP as protobuf and keeps the spans."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from backfin.testing import LocalServer, Reply, Request


@dataclass(frozen=True)
class Span:
    """One span as it came."""

    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    error: str | None
    text: str


class Collector(LocalServer):
    """Listens on a loopback port while the block lasts."""

    def __init__(self) -> None:
        super().__init__(self._take)
        self.spans: list[Span] = []

    def of(self, trace: str) -> list[Span]:
        """The spans of one trace."""
        return [span for span in self.spans if span.trace == trace]

    def _take(self, request: Request) -> Reply:
        if request.path != "/v1/traces":
            return Reply(404)
        is_packed = request.headers.get("content-encoding") == "gzip"
        body = gzip.decompress(request.body) if is_packed else request.body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                self.spans += [_span(one) for one in scope.spans]
        return Reply(200)


def _span(one: Any) -> Span:
    attributes = {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in one.attributes}
    return Span(
        name=one.name,
        trace=one.trace_id.hex(),
        id=one.span_id.hex(),
        parent=one.parent_span_id.hex(),
        attributes=attributes,
        error=one.status.message if one.status.code == 2 else None,
        text=str(one),
    )
