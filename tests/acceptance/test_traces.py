"""One trace for each announcement, recorded by whatever processes ran its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from backfin.telemetry import trace_ids_of
from collector import Collector
from processes import Cli, Exchange, made_day, today, wait_until

STEPS = {"read", "enrich", "investors", "match", "notify"}


def test_workers_tell_of_each_announcement_in_one_trace(
    cli: Cli, start_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    exchange = start_exchange(*made_day(12, today()))
    cli.environment |= exchange.environment
    cli.run("watch", "add", "all", "*", "--to", f"file:{tmp_path / 'told.jsonl'}")
    with Collector() as collector:
        cli.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.url
        cli.environment["OTEL_BSP_SCHEDULE_DELAY"] = "200"
        cli.start("backfin", "up", "--no-web", "--processes", "2", "--threads", "2")

        def whole_traces() -> list[str]:
            names: dict[str, Counter[str]] = {}
            for span in collector.spans:
                names.setdefault(span.trace, Counter())[span.name] += 1
            wanted = {f"backfin.{step}" for step in STEPS} | {"announcement"}
            return [trace for trace, found in names.items() if wanted <= found.keys()]

        wait_until("twelve traces are whole", lambda: len(whole_traces()) == 12)
        some_id = cli.json("announcements", "--limit", "1")["items"][0]["announcement_id"]
        spans = collector.of(f"{trace_ids_of(some_id).trace:032x}")

    roots = [span.id for span in spans if span.parent == ""]
    steps = [span for span in spans if span.name.startswith("backfin.")]
    assert len(roots) == 1
    assert {span.parent for span in steps} == set(roots)
    assert {span.attributes["backfin.announcement_id"] for span in steps} == {some_id}
    assert any(span.name.startswith("GET ") for span in spans)
