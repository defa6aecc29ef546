"""The public interface in typed code. Checked by mypy, never run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type

import dramatiq
from dramatiq.brokers.stub import StubBroker
from pydantic import BaseModel

from backfin import (
    Announcement,
    Backfin,
    Document,
    Enrichment,
    EventType,
    Fact,
    Money,
    Settings,
    Watch,
    __version__,
    hookimpl,
)
from backfin.actors import app, broker, replay, scrape
from backfin.context import Context
from backfin.errors import BackfinError, RateLimited
from backfin.interfaces import (
    DocumentReader,
    Enricher,
    Exchange,
    FeedPage,
    Notifier,
    PromptSet,
)
from backfin.investors import compare
from backfin.models import Alert, Page, Reading, Receipt, State
from backfin.plugins.services import Services
from backfin.specs import ActorSpec, Next, RetryPolicy
from backfin.testing import (
    DocumentReaderContract,
    EnricherContract,
    ExchangeContract,
    FakeExchange,
    FakePlugin,
    FrozenClock,
    NotifierContract,
    PromptSetContract,
    RecordingNotifier,
    make_announcement,
    make_app,
    make_document,
    make_enrichment,
    make_reading,
    make_row,
)


def embedding(host: dramatiq.Broker) -> None:
    mine = Backfin(Settings(home=Path("somewhere")), plugins=[Mine()])
    mine.declare(host)
    assert_type(Backfin.of(host), Backfin | None)
    host.enqueue(mine.message("backfin.replay", "r_1"))
    mine.send([Next("backfin.read", "bse:1", delay_s=5)])
    mine.run_inline([Next("backfin.scrape.bse", "bse")])
    assert_type(mine.specs, list[ActorSpec])
    assert_type(mine.has_workers(), bool)
    mine.close()


def ready_made() -> None:
    assert_type(app, Backfin)
    assert_type(broker, dramatiq.Broker)
    replay.send("r_1")
    if scrape is not None:
        scrape.send("bse")


def stored(mine: Backfin) -> None:
    assert_type(mine.store.announcements.get("bse:1"), Announcement)
    assert_type(mine.store.announcements.find("bse:1"), Announcement | None)
    assert_type(mine.store.announcements.status("bse:1").state, State)
    assert_type(mine.store.enrichments.latest("bse:1"), Enrichment | None)
    assert_type(mine.store.watches.list(), list[Watch])
    assert_type(mine.store.announcements.count_day("bse", date(2026, 7, 1)), int)


def models(enrichment: Enrichment, document: Document) -> None:
    assert_type(enrichment.event_type, EventType)
    assert_type(enrichment.facts, dict[str, Fact])
    assert_type(enrichment.cost_usd, Decimal)
    assert_type(document.pages, tuple[Page, ...])
    assert_type(__version__, str)


def words() -> None:
    assert_type(Money.parse("Rs. 12.5 crore"), Money)
    assert_type(Money.parse("Rs. 12.5 crore").amount, Decimal)
    found = compare("A. Kacholia", "Ashish Kacholia", kind="person")
    assert_type(found.score, float)
    assert_type(found.same, bool)


def failing() -> float:
    try:
        ready_made()
    except RateLimited as error:
        return float(error.delay)
    except BackfinError as error:
        assert_type(error.sentence, str)
    return 0.0


class MineConfig(BaseModel):
    token: str


class Mine:
    """A plugin, as an author writes it."""

    @hookimpl
    def backfin_config_model(self) -> type[BaseModel]:
        return MineConfig

    @hookimpl
    def backfin_notifiers(self, config: MineConfig, services: Services) -> Iterable[Notifier]:
        return [RecordingNotifier()]

    @hookimpl
    def backfin_actors(self) -> Sequence[ActorSpec]:
        return [ActorSpec("mine.report", report, "mine", RetryPolicy(max_tries=2), cron="0 9 * * *")]

    @hookimpl
    def backfin_on_event(self, event: Any) -> None:
        print(event)


def report(ctx: Context, key: str) -> list[Next]:
    assert_type(ctx.exchange("bse"), Exchange)
    assert_type(ctx.enrichers, list[Enricher])
    return [Next("mine.report", key)]


def fakes_are_components() -> None:
    exchange: Exchange = FakeExchange([make_row(1)])
    notifier: Notifier = RecordingNotifier()
    assert_type(next(exchange.fetch_day(date(2026, 7, 1))), FeedPage)
    assert_type(notifier.send(Alert.model_validate({}), "test:"), Receipt)
    with make_app(
        exchanges=[exchange],
        notifiers=[notifier],
        plugins=[FakePlugin("mine")],
        clock=FrozenClock(),
        settings={"steps": {"max_tries": 2}},
    ) as mine:
        assert_type(mine, Backfin)
        mine.declare(StubBroker())
    assert_type(make_announcement(native_id="1"), Announcement)
    assert_type(make_document(), Document)
    assert_type(make_enrichment(), Enrichment)
    assert_type(make_reading("page one"), Reading)


class CheckExchange(ExchangeContract):
    def make(self) -> Exchange:
        return FakeExchange(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        return [make_row(1)]


class CheckNotifier(NotifierContract):
    good_addresses = ("test:",)

    def make(self) -> Notifier:
        return RecordingNotifier()


def contracts(prompts: PromptSet, enricher: Enricher, reader: DocumentReader) -> None:
    class Prompts(PromptSetContract):
        def make(self) -> PromptSet:
            return prompts

    class Enriches(EnricherContract):
        def make(self) -> Enricher:
            return enricher

    class Reads(DocumentReaderContract):
        words = "Total income"

        def make(self) -> DocumentReader:
            return reader

        def good_file(self) -> bytes:
            return b"%PDF"

    Prompts().test_the_prompt_explains_every_category()
    Enriches().test_it_says_who_it_is()
    Reads().test_a_good_file_becomes_pages()
