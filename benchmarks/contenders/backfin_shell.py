"""backfin's own shell, broker and store; only what its steps do is replaced by the job.

Each step stores what the real one stores of an ordinary announcement: a page of text, an enrichment, an investor's
mention, an alert to be told, and that it was told. Like the real ones, none does again what is stored.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dramatiq

from backfin.app import Backfin
from backfin.broker import build_broker
from backfin.context import Context
from backfin.models import (
    Announcement,
    Delivery,
    DeliveryState,
    Document,
    Enrichment,
    EventType,
    Method,
    Page,
    Phase,
    State,
    Watch,
)
from backfin.pipeline import BUILT_IN
from backfin.specs import ActorSpec, Next
from backfin.steps.item import has_reached, keep
from backfin.testing.apps import isolated_settings
from contenders.job import ENDED, is_noted, note, redis_url, work

AT = datetime(2026, 7, 15, 10, 0, tzinfo=UTC)
TEXT = "The company has received an order for the supply of cables worth Rs. 12.50 crore. " * 12


def _number(key: str) -> int:
    return int(key.partition(":")[2])


def read(ctx: Context, key: str) -> list[Next]:
    """Stores a document of one page."""
    following = [Next("backfin.enrich", key, inline=True)]
    if has_reached(ctx, key, State.READ):
        return following
    work(_number(key), 0)
    page = Page(number=1, text=TEXT, method=Method.TEXT)
    document = Document(
        document_id=key, media_type="application/pdf", size_bytes=1000, method=Method.TEXT, pages=(page,)
    )
    ctx.store.documents.record(key, [document], filing_id=key, due_at=ctx.due_at)
    keep(ctx, key, documents=[document], filing=key, state=State.READ)
    return following


def enrich(ctx: Context, key: str) -> list[Next]:
    """Stores an enrichment."""
    following = [Next("backfin.investors", key, inline=True)]
    if has_reached(ctx, key, State.ENRICHED):
        return following
    work(_number(key), 1)
    enrichment = Enrichment(
        enrichment_id=f"e:{key}",
        announcement_id=key,
        category="New Order",
        event_type=EventType.ORDER_WIN,
        headline="An order",
        summary=TEXT[:200],
        enricher="rules",
        created_at=AT,
    )
    ctx.store.enrichments.record(enrichment, due_at=ctx.due_at)
    keep(ctx, key, enrichment=enrichment, state=State.ENRICHED)
    return following


def investors(ctx: Context, key: str) -> list[Next]:
    """Stores that nobody was recognised, which is what most filings come to."""
    following = [Next("backfin.match", key, inline=True)]
    if has_reached(ctx, key, State.LINKED):
        return following
    work(_number(key), 2)
    mentions = ctx.store.investors.record(key, [], [], due_at=ctx.due_at)
    keep(ctx, key, mentions=mentions, state=State.LINKED)
    return following


def match(ctx: Context, key: str) -> list[Next]:
    """Stores an alert that waits to be told."""
    following = [Next("backfin.notify", key, inline=True)]
    if has_reached(ctx, key, State.MATCHED):
        return following
    work(_number(key), 3)
    delivery = Delivery(
        delivery_id=f"d:{key}",
        watch_id="w_all",
        announcement_id=key,
        filing_id=key,
        phase=Phase.ENRICHED,
        address="console:",
        state=DeliveryState.PENDING,
        created_at=AT,
    )
    ctx.store.deliveries.record(key, [delivery], due_at=ctx.due_at, state=State.MATCHED)
    return following


def notify(ctx: Context, key: str) -> list[Next]:
    """Stores that it was told; only where the alert is older than this message it may have been told before."""
    number = _number(key)
    if has_reached(ctx, key, State.MATCHED) and _is_told(ctx, key):
        if not is_noted(ENDED, number):  # its worker was killed between the store and the log
            note(ENDED, number)
        return []
    work(number, 4)
    ctx.store.deliveries.sent(f"d:{key}", {})
    note(ENDED, number)
    return []


def _is_told(ctx: Context, key: str) -> bool:
    delivery = ctx.store.deliveries.find(f"d:{key}")
    return delivery is not None and delivery.state is DeliveryState.SENT


_STEPS: dict[str, Callable[[Context, str], list[Next]]] = {
    f"backfin.{step.__name__}": step for step in (read, enrich, investors, match, notify)
}


class SameWork(Backfin):
    """backfin with the job's steps in place of its own."""

    @property
    def specs(self) -> list[ActorSpec]:
        """The built-in actors, five of them with another step."""
        return [replace(spec, step=_STEPS.get(spec.name, spec.step)) for spec in BUILT_IN]


def _make_app() -> SameWork:
    url = os.environ.get("BENCH_DATABASE")
    given = {"redis_url": redis_url()} | ({"database_url": url} if url else {})
    app = SameWork(isolated_settings(Path(os.environ["BENCH_HOME"]), given))
    dramatiq.set_broker(build_broker(app.settings))
    app.declare(dramatiq.get_broker())
    return app


app = _make_app()
broker = app.broker


def prepare() -> None:
    """Makes the store, with one watch in it."""
    app.open()
    watch = Watch(
        watch_id="w_all", name="all", rule="*", addresses=("console:",), phase=Phase.BOTH, created_at=AT
    )
    app.store.watches.put(watch)


def send(numbers: Iterable[int]) -> None:
    """What a scrape does: rows of the store, then a message for each."""
    keys = [f"bse:{number}" for number in numbers]
    for start in range(0, len(keys), 50):
        page = keys[start : start + 50]
        app.store.announcements.add([_announcement(key) for key in page], due_at=app.context.due_at)
        app.send([Next("backfin.read", key) for key in page])


def _announcement(key: str) -> Announcement:
    return Announcement(
        announcement_id=key,
        exchange="bse",
        native_id=key.partition(":")[2],
        issuer_name="Sample Industries Limited",
        subject="Award of Order / Receipt of Order",
        headline="Receipt of an order",
        body=TEXT,
        disseminated_at=AT,
    )
