"""Enriching inside the pipeline: a model with bad habits, the rules behind it, and the investors after it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from backfin import Backfin
from backfin.clock import day_bounds, day_of
from backfin.diagnosis.parts import llm_finding
from backfin.enrichment.prompts import CorePromptSet
from backfin.errors import ConfigError, ModelBusy, RateLimited, ReplyInvalid
from backfin.interfaces import PromptSet
from backfin.models import Announcement, CallLimits, Enrichment, EventType, Fact, Money, Reading, State
from backfin.pipeline import Shell
from backfin.specs import Next
from backfin.steps.enrich import enrich
from backfin.steps.investors import investors
from backfin.steps.read import read
from backfin.steps.scrape import scrape
from backfin.testing import FakeExchange, FrozenClock, make_announcement, make_app, make_enrichment, make_row
from backfin.testing.apps import FakePlugin
from backfin.testing.llm_server import Habit, LlmServer, plain_reply
from store_contract.ledger import call

KEY = "fake:1"
ISIN = "INE002A01018"
ORDER = "The company received a work order from NTPC Limited worth Rs. 47.06 Lakhs."
REPLY = plain_reply(
    category="New Order",
    event_type="order_win",
    headline="Saraswati Cables wins an order of Rs. 47.06 lakh from NTPC",
    summary="NTPC Limited placed a work order worth Rs. 47.06 Lakhs.",
    sentiment="positive",
    facts=[{"field": "order_value", "value": "Rs. 47.06 Lakhs", "page": 0, "quote": "worth Rs. 47.06 Lakhs"}],
    parties=[
        {
            "name": "NTPC Limited",
            "role": "customer",
            "kind": "company",
            "page": 0,
            "quote": "from NTPC Limited",
        }
    ],
)


@dataclass
class Failing:
    """An enricher that only ever raises."""

    error: Exception
    name: str = "failing"
    model: str = ""
    is_remote: bool = False
    asked: list[str] = field(default_factory=list)

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        self.asked.append(reading.announcement.announcement_id)
        raise self.error


@contextmanager
def app_with(
    server: LlmServer | None = None, *, timeout_s: float = 5.0, llm: Any = None, **options: Any
) -> Iterator[Backfin]:
    """An app that holds one announcement, scraped and read."""
    settings: dict[str, Any] = {}
    if server is not None:
        prices = {"input_usd_per_million": 0.5, "output_usd_per_million": 2.0}
        settings["llm"] = {
            "base_url": server.url,
            "api_key": "sk-test",
            "model": "stub",
            "timeout": timeout_s,
        }
        settings["llm"] |= prices | (llm or {})
    exchange = FakeExchange([make_row(1, text=ORDER)])
    with make_app(exchanges=[exchange], settings=settings, clock=FrozenClock(), **options) as app:
        scrape(app.context, "fake")
        read(app.context.for_message(None), KEY)
        yield app


@contextmanager
def app_of(*habits: Habit, **options: Any) -> Iterator[tuple[Backfin, LlmServer]]:
    with LlmServer(lambda _: REPLY, habits=[Habit.GOOD]) as server, app_with(server, **options) as app:
        server.requests.clear()
        server.habits = list(habits)
        yield app, server


def perform(app: Backfin, name: str = "backfin.enrich", **options: Any) -> list[Next]:
    """Runs one message as a worker would; returns what it sent."""
    sent: list[Next] = []
    Shell(app.specs, sent.extend).perform(app.context, name, KEY, options)
    return sent


def latest(app: Backfin) -> Enrichment:
    found = app.store.enrichments.latest(KEY)
    assert found is not None
    return found


@pytest.mark.parametrize("error", [ReplyInvalid("It made no sense."), ConfigError("The key is wrong.")])
def test_an_enricher_that_cannot_answer_is_passed_over_and_the_answer_says_so(error: Exception) -> None:
    failing = Failing(error)
    with app_with(enrichers=[failing]) as app:
        following = enrich(app.context.for_message(None), KEY)

        found = latest(app)
    assert following == [Next("backfin.investors", KEY, inline=True)]
    assert (failing.asked, found.enricher) == ([KEY], "rules")
    assert "fallback:failing" in found.flags
    assert found.detail["fallback"] == {"failing": str(error)}


def test_an_enrichment_is_dated_by_the_apps_clock_and_marks_the_item() -> None:
    with app_with() as app:
        enrich(app.context.for_message(None), KEY)

        assert latest(app).created_at == app.clock.now()
        assert latest(app).event_type is EventType.ORDER_WIN
        assert app.store.announcements.status(KEY).state is State.ENRICHED


def test_enriching_again_asks_no_enricher_again() -> None:
    with app_of(Habit.GOOD) as (app, server):
        enrich(app.context.for_message(None), KEY)
        enrich(app.context.for_message(None), KEY)

        assert len(server.requests) == 2
        assert len(app.store.enrichments.history(KEY)) == 1


@pytest.mark.parametrize("habit", [Habit.GOOD, Habit.FENCED, Habit.WORDY])
def test_a_models_answer_is_stored_with_its_evidence_its_usage_and_its_cost(habit: Habit) -> None:
    with app_of(habit) as (app, _):
        perform(app)

        found = latest(app)
    assert (found.enricher, found.model, found.category) == ("llm", "stub", "New Order")
    assert (found.input_tokens, found.output_tokens) == (2000, 400)
    assert found.cost_usd == Decimal("0.0018")
    assert found.facts["order_value"].evidence[0].quote == "worth Rs. 47.06 Lakhs"


@pytest.mark.parametrize("habit", [Habit.PROSE, Habit.WRONG_ENUM, Habit.TRUNCATED, Habit.EMPTY])
def test_one_bad_answer_is_repaired_and_every_call_is_paid(habit: Habit) -> None:
    with app_of(habit, Habit.GOOD) as (app, server):
        perform(app)

        found = latest(app)
        spent = app.store.model_calls.used(*day_bounds(day_of(app.clock.now())))
        assert len(server.requests) == 3
    assert (found.enricher, found.category, found.cost_usd) == ("llm", "New Order", Decimal("0.0027"))
    assert (spent.calls, spent.tokens, spent.cost_usd) == (3, 3600, Decimal("0.0027"))


@pytest.mark.parametrize("habit", [Habit.PROSE, Habit.WRONG_ENUM, Habit.TRUNCATED, Habit.EMPTY])
def test_bad_answers_for_good_leave_the_item_to_the_rules(habit: Habit) -> None:
    with app_of(habit) as (app, server):
        perform(app)

        found = latest(app)
        assert len(server.requests) == 2
        assert app.store.announcements.status(KEY).state is not State.FAILED
    assert found.enricher == "rules"
    assert "fallback:llm" in found.flags


def test_a_rate_limit_delays_the_message_as_long_as_the_service_asks() -> None:
    with app_of(Habit.RATE_LIMITED, Habit.GOOD) as (app, _):
        sent = perform(app)

        status = app.store.announcements.status(KEY)
        assert [(item.actor, item.key, item.delay_s) for item in sent] == [("backfin.enrich", KEY, 3600.0)]
        assert status.state is State.READ
        assert status.due_at is not None
        assert (status.due_at - app.clock.now()).total_seconds() >= 3600, "the sweep would send it earlier"
        assert app.store.enrichments.latest(KEY) is None

        app.clock.forward(3600)
        perform(app, **sent[0].options)

        assert latest(app).enricher == "llm"


@pytest.mark.parametrize("habit", [Habit.ERROR_500, Habit.HANG_UP])
def test_a_service_that_fails_is_asked_again_later_and_nothing_is_made_up(habit: Habit) -> None:
    with app_of(habit, Habit.GOOD) as (app, server):
        sent = perform(app)

        status = app.store.announcements.status(KEY)
        assert [(item.actor, item.options) for item in sent] == [("backfin.enrich", {"tries": 2})]
        assert sent[0].delay_s > 0
        assert (status.state, status.tries) == (State.READ, 0), "an outage is not the item's fault"
        assert app.store.enrichments.latest(KEY) is None
        assert len(server.requests) == 1


def test_a_service_that_stalls_is_given_up_after_its_time_limit() -> None:
    with app_of(Habit.STALL, timeout_s=0.5) as (app, _):
        start = time.monotonic()

        sent = perform(app)

        assert [item.actor for item in sent] == ["backfin.enrich"]
        assert time.monotonic() - start < 5


@pytest.mark.parametrize("habit", [Habit.WRONG_KEY, Habit.UNKNOWN_MODEL])
def test_a_wrong_key_or_model_stops_the_app_at_its_start_with_the_settings_name(habit: Habit) -> None:
    with LlmServer(habits=[habit]) as server, pytest.raises(ConfigError, match="BACKFIN_LLM__"):
        with app_with(server):
            pass


def test_a_key_without_a_model_stops_the_app_at_its_start() -> None:
    with pytest.raises(ConfigError, match="BACKFIN_LLM__MODEL"):
        with make_app(settings={"llm": {"api_key": "sk-test"}}):
            pass


def test_a_service_that_is_down_does_not_stop_the_app() -> None:
    with LlmServer(habits=[Habit.ERROR_500]) as server, app_with(server) as app:
        assert [enricher.name for enricher in app.context.enrichers] == ["llm", "rules"]


@pytest.mark.parametrize("key", [None, "", "  "])
def test_no_key_is_normal(key: str | None) -> None:
    with make_app(settings={"llm": {"api_key": key}}) as app:
        states = {record.name: record.state for record in app.plugins.records}

        assert [enricher.name for enricher in app.context.enrichers] == ["rules"]
        assert (states["llm"], states["rules"]) == ("off", "on")


def test_a_remote_enricher_gets_a_message_of_its_own() -> None:
    with app_of(Habit.GOOD) as (app, _):
        app.store.announcements.rewind([KEY], State.STORED)

        assert read(app.context.for_message(None), KEY) == [Next("backfin.enrich", KEY, inline=False)]


@pytest.mark.parametrize("error", [ModelBusy("busy"), RateLimited("later", delay=60)])
def test_a_busy_enricher_is_waited_for_and_not_passed_over(error: Exception) -> None:
    with app_with(enrichers=[Failing(error)]) as app, pytest.raises(type(error)):
        enrich(app.context.for_message(None), KEY)


def test_a_set_whose_rules_read_all_there_is_asks_no_model() -> None:
    class Plain(CorePromptSet):
        name = "plain"
        by_rules_alone = True

        def applies_to(self, announcement: Announcement) -> bool:
            return True

    plugin = FakePlugin("plain", prompt_sets=[Plain()])
    with app_of(Habit.GOOD, plugins=[plugin]) as (app, server):
        enrich(app.context.for_message(None), KEY)

        made = latest(app)
        assert (made.prompt_set, made.enricher, server.requests) == ("plain", "rules", [])
        assert not [flag for flag in made.flags if flag.startswith("fallback")]


def test_parties_become_investors_with_a_stable_id_and_an_explained_mention() -> None:
    with app_of(Habit.GOOD) as (app, _):
        enrich(app.context.for_message(None), KEY)

        following = investors(app.context.for_message(None), KEY)

        (mention,) = app.store.investors.mentions(KEY)
        app.store.announcements.rewind([KEY], State.ENRICHED)
        investors(app.context.for_message(None), KEY)
        assert following == [Next("backfin.match", KEY, inline=True)]
        assert (mention.name_as_written, mention.role, mention.page) == ("NTPC Limited", "customer", 0)
        assert mention.explanation
        assert app.store.investors.mentions(KEY) == [mention]


def test_a_filing_without_parties_passes_through_the_investors() -> None:
    with LlmServer(lambda _: plain_reply()) as server, app_with(server) as app:
        perform(app)

        assert app.store.investors.mentions(KEY) == []
        assert app.store.announcements.status(KEY).state is State.MATCHED


def test_a_replay_of_what_was_asked_before_costs_nothing() -> None:
    with app_of(Habit.GOOD) as (app, server):
        perform(app)
        first = latest(app)
        app.store.announcements.rewind([KEY], State.READ)

        perform(app)

        spent = app.store.model_calls.used(*day_bounds(day_of(app.clock.now())))
        assert len(server.requests) == 2
        assert latest(app).facts == first.facts
        assert (latest(app).cost_usd, spent.cost_usd) == (first.cost_usd, first.cost_usd)


def test_over_the_budget_of_the_day_the_rules_speak_and_a_replay_the_next_day_asks_the_model() -> None:
    with app_of(Habit.GOOD, llm={"daily_budget_tokens": 6000}) as (app, server):
        app.store.model_calls.begin(call(app.clock, input_tokens=5000), CallLimits())
        perform(app)
        told = latest(app)
        app.store.announcements.rewind([KEY], State.READ)
        app.clock.forward(days=1)

        perform(app)

        assert (told.enricher, latest(app).enricher) == ("rules", "llm")
        assert "fallback:llm" in told.flags
        assert "tokens of today" in told.detail["fallback"]["llm"]
        assert len(server.requests) == 2
        assert len(app.store.enrichments.history(KEY)) == 2


def test_the_doctor_tells_what_was_used_today_and_that_a_service_is_left_alone() -> None:
    with app_of(Habit.GOOD) as (app, _):
        perform(app)
        well = llm_finding(app)
        app.store.model_calls.failed("models.example/stub", CallLimits(breaker_failures=1), why="503")
        ill = llm_finding(app)

    assert (well.ok, ill.ok) == (True, False)
    assert "today 2 calls, 2400 tokens, $0.00" in well.detail
    assert "models.example/stub is left alone until" in ill.detail
    assert "503" in ill.detail


def add_results(app: Backfin, revenue: str, before: timedelta) -> None:
    """Stores results of the issuer of ``KEY``, published so long before it."""
    app.store.announcements.set_issuer(KEY, isin=ISIN, symbol=None)
    moment = app.store.announcements.get(KEY).disseminated_at - before
    results = make_announcement(announcement_id="fake:0", exchange="fake", isin=ISIN, disseminated_at=moment)
    app.store.announcements.add([results], due_at=app.clock.now())
    value = Fact(value=Money.parse(f"Rs. {revenue}"))
    read_results = make_enrichment(
        announcement_id="fake:0",
        event_type=EventType.FINANCIAL_RESULTS,
        facts={"revenue_from_operations": value},
    )
    app.store.enrichments.record(read_results, due_at=app.clock.now())


@pytest.mark.parametrize(("revenue", "status"), [("9 crore", "stated"), ("900", "ambiguous")])
def test_an_order_is_held_against_the_turnover_of_the_issuers_own_results(revenue: str, status: str) -> None:
    with app_with() as app:
        add_results(app, revenue, timedelta(days=1))

        enrich(app.context.for_message(None), KEY)

        assert latest(app).facts["order_value"].status.value == status


@pytest.mark.parametrize(
    ("before", "size"), [(timedelta(days=1), pytest.approx(0.4706)), (timedelta(days=-1), None)]
)
def test_the_size_of_a_filing_is_measured_by_results_that_came_before_it(
    before: timedelta, size: float | None
) -> None:
    with app_with() as app:
        add_results(app, "2.5 crore", before)

        enrich(app.context.for_message(None), KEY)

        parts = {part.name: part for part in latest(app).materiality_parts}
    assert parts["size"].value == size
    assert ("turnover" in parts["size"].why) is (size is not None)


def test_a_second_filing_of_a_kind_is_no_news() -> None:
    with app_with() as app:
        add_results(app, "9 crore", timedelta(days=40))
        earlier = make_enrichment(announcement_id="fake:0", event_type=EventType.ORDER_WIN)
        app.store.enrichments.record(earlier, due_at=app.clock.now())

        enrich(app.context.for_message(None), KEY)

        novelty = next(part for part in latest(app).materiality_parts if part.name == "novelty")
    assert novelty.value == 0.0
    assert novelty.why.startswith("the last of its kind was on ")
