"""Replays in one process: what is selected, what is set back and when, and what a dry run says beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from backfin import Backfin
from backfin.cli.waiting import summary
from backfin.enrichment.prompts import CorePromptSet
from backfin.errors import ConfigError
from backfin.interfaces import PromptSet
from backfin.models import Enrichment, Issuer, IssuerCode, Reading, State
from backfin.run_ledger import differences, told
from backfin.specs import Next
from backfin.steps.replay import find_open, replay, start
from backfin.steps.replay_preview import previews
from backfin.steps.replay_request import ReplayRequest, checked
from backfin.steps.run_control import cancel, pause, resume
from backfin.steps.sweep import sweep
from backfin.testing import (
    FakeExchange,
    FakePlugin,
    FrozenClock,
    RecordingNotifier,
    make_announcement,
    make_app,
    make_enrichment,
    make_row,
    make_watch,
    run_exchange,
)
from backfin.testing.pdf import one_page_pdf

DAY = "2026-07-01"


@dataclass
class Learning:
    """An enricher whose category can be changed, as rules change."""

    category: str = "New Order"
    name: str = "learning"
    model: str = "l1"
    is_remote: bool = False
    asked: list[str] = field(default_factory=list)

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        self.asked.append(f"{reading.announcement.announcement_id} {prompt_set.name}")
        return make_enrichment(
            announcement_id=reading.announcement.announcement_id,
            enrichment_id=f"e_{reading.announcement.announcement_id}_{prompt_set.name}",
            category=self.category,
            enricher=self.name,
            prompt_set=prompt_set.name,
            prompt_version=prompt_set.version,
        )


class Second(CorePromptSet):
    """Another prompt set, which nothing asks for by itself."""

    name = "second"
    version = "2"

    def applies_to(self, announcement: Any) -> bool:
        return False


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def learning() -> Learning:
    return Learning()


@pytest.fixture
def channel() -> RecordingNotifier:
    return RecordingNotifier()


@pytest.fixture
def exchange() -> FakeExchange:
    rows = [make_row(n, code=f"99900{n}", issuer=f"Company {n} Ltd") for n in range(1, 6)]
    issuers = [
        Issuer(
            isin=f"INE99{n}A01015",
            name=f"Company {n} Ltd",
            codes=(IssuerCode(kind="scrip_code", exchange="fake", value=f"99900{n}"),),
        )
        for n in range(1, 6)
    ]
    return FakeExchange(rows, issuers=issuers)


@pytest.fixture
def app(
    exchange: FakeExchange, learning: Learning, clock: FrozenClock, channel: RecordingNotifier
) -> Iterator[Backfin]:
    plugin = FakePlugin(name="second", prompt_sets=[Second()])
    settings = {"steps": {"replay_window": 2}}
    with make_app(
        exchanges=[exchange],
        enrichers=[learning],
        notifiers=[channel],
        plugins=[plugin],
        clock=clock,
        settings=settings,
    ) as made:
        run_exchange(made, "fake")
        clock.forward(60)
        yield made


def states(app: Backfin) -> list[State]:
    return [item.state for item in app.store.announcements.select()]


def run_all(app: Backfin, request: ReplayRequest) -> str:
    run_id = start(app.context, request)
    app.run_inline([Next("backfin.replay", run_id)])
    return run_id


def test_a_replay_without_anybody_waiting_is_closed_by_itself(app: Backfin) -> None:
    run_id = run_all(app, ReplayRequest(first=DAY, only="all", from_step="enrich"))

    run = told(app, app.store.runs.get(run_id))
    assert (run["state"], run["selected"], run["done"], run["pending"]) == ("done", 5, 5, 0)
    assert run["finished_at"] is not None


def test_no_more_than_a_window_is_under_way(app: Backfin) -> None:
    run_id = start(app.context, ReplayRequest(first=DAY, only="all", from_step="enrich"))

    first = replay(app.context, run_id)
    again = replay(app.context, run_id, turn=first[-1].options["turn"])

    assert [item.actor for item in first] == ["backfin.enrich", "backfin.enrich", "backfin.replay"]
    assert [item.actor for item in again] == ["backfin.replay"]
    assert app.store.runs.progress(run_id).under_way == 2


def test_nothing_is_set_back_before_a_worker_takes_it_up(app: Backfin) -> None:
    run_id = start(app.context, ReplayRequest(first=DAY, only="all", from_step="read"))
    first, second, _ = replay(app.context, run_id)
    assert states(app) == [State.MATCHED] * 5

    pause(app.context, app.store.runs.get(run_id))
    app.run_inline([first])
    assert states(app) == [State.MATCHED] * 5
    assert app.store.runs.progress(run_id).under_way == 1

    resume(app.context, app.store.runs.get(run_id))
    app.run_inline([first, second, Next("backfin.replay", run_id)])
    assert app.store.runs.get(run_id).state == "done"
    assert app.store.runs.progress(run_id).done == 5


def test_a_cancelled_replay_leaves_the_rest_as_it_was_and_a_day_whole(
    app: Backfin, learning: Learning
) -> None:
    learning.asked.clear()
    run_id = start(app.context, ReplayRequest(first=DAY, only="all", from_step="read"))
    first, second, feeding = replay(app.context, run_id)
    app.run_inline([first])

    following = cancel(app.context, app.store.runs.get(run_id))
    app.run_inline([*following, second, feeding])

    progress = app.store.runs.progress(run_id)
    assert (progress.done, progress.cancelled, progress.pending) == (1, 4, 0)
    assert app.store.runs.get(run_id).state == "cancelled"
    assert states(app) == [State.MATCHED] * 5
    assert len(learning.asked) == 1


def test_what_a_replay_had_begun_when_it_was_cancelled_is_finished(app: Backfin, clock: FrozenClock) -> None:
    run_id = start(app.context, ReplayRequest(first=DAY, only="all", from_step="enrich"))
    first, *_ = replay(app.context, run_id)
    app.store.runs.take_item(run_id, first.key)
    app.store.announcements.rewind([first.key], State.READ, due_at=clock.now())

    following = cancel(app.context, app.store.runs.get(run_id))
    assert app.store.runs.get(run_id).state == "cancelling"
    clock.forward(200)
    app.run_inline([*sweep(app.context, ""), *following])

    assert states(app) == [State.MATCHED] * 5
    assert app.store.runs.get(run_id).state == "cancelled"


def test_a_replay_whose_messages_are_all_lost_goes_on_by_the_sweep(app: Backfin, clock: FrozenClock) -> None:
    run_id = start(app.context, ReplayRequest(first=DAY, only="all", from_step="enrich"))
    replay(app.context, run_id)

    clock.forward(200)
    app.run_inline(sweep(app.context, ""))

    assert app.store.runs.get(run_id).state == "done"
    assert app.store.runs.progress(run_id).done == 5


def test_a_paused_replay_stays_paused_over_any_sweep(app: Backfin, clock: FrozenClock) -> None:
    run_id = start(app.context, ReplayRequest(first=DAY, only="all", from_step="enrich"))
    replay(app.context, run_id)
    pause(app.context, app.store.runs.get(run_id))

    clock.forward(200)
    app.run_inline(sweep(app.context, ""))

    assert app.store.runs.get(run_id).state == "paused"
    assert app.store.runs.progress(run_id).done == 0


def test_a_paused_replay_holds_up_no_live_work(
    exchange: FakeExchange, app: Backfin, clock: FrozenClock
) -> None:
    app.store.announcements.rewind(["fake:1"], State.READ)
    run_id = start(app.context, ReplayRequest(first=DAY))
    exchange.rows.append(make_row(9))
    replay(app.context, run_id)
    pause(app.context, app.store.runs.get(run_id))

    clock.forward(200)
    live = {item.key for item in sweep(app.context, "") if item.key and "run" not in item.options}

    assert live == {"fake:1"}  # and not fake:9, which the replay brought and nobody may take for live


def test_only_a_replay_that_runs_can_be_paused_and_the_sentence_says_so(app: Backfin) -> None:
    run_id = run_all(app, ReplayRequest(first=DAY))
    (scrape,) = app.store.runs.list(1, "scrape")

    for run, verb in ((app.store.runs.get(run_id), "is done"), (scrape, "no replay")):
        with pytest.raises(ConfigError, match=verb):
            pause(app.context, run)


def test_the_same_replay_is_found_while_it_runs(app: Backfin) -> None:
    request = ReplayRequest(first=DAY, only="all", from_step="enrich")
    run_id = start(app.context, request)

    found = find_open(app.context, request)
    assert found is not None
    assert found.run_id == run_id
    assert find_open(app.context, replace(request, notify=True)) is None


@pytest.mark.parametrize("text", ["INE992A01015", "999002", "company 2 ltd", "Company 2"])
def test_an_issuer_is_known_by_isin_code_and_name(app: Backfin, text: str) -> None:
    run_id = run_all(app, ReplayRequest(first=DAY, only="all", issuer=text))

    assert [item.item for item in app.store.runs.page_of_items(run_id)] == ["fake:2"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"issuer": "Company"}, r"'Company' may mean Company 1 Ltd \(INE991A01015\)"),
        ({"issuer": "Nobody"}, "has no 'Nobody'"),
        ({"prompts": "third"}, "no prompt set 'third'; known: core, second"),
        ({"prompts": "second@1"}, "has version 2, not 1"),
        ({"prompts": "second", "from_step": "match"}, "leave one out"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(
    app: Backfin, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        start(app.context, ReplayRequest(first=DAY, **changes))


def test_prompts_select_what_was_read_with_others_and_read_it_again(app: Backfin, learning: Learning) -> None:
    learning.asked.clear()
    first = run_all(app, ReplayRequest(first=DAY, prompts="second"))
    second = run_all(app, ReplayRequest(first=DAY, prompts="second@2"))

    assert learning.asked == [f"fake:{n} second" for n in range(1, 6)]
    assert app.store.runs.progress(first).done == 5
    assert app.store.runs.progress(second).selected == 0


def test_category_and_event_type_narrow_a_replay(app: Backfin, learning: Learning) -> None:
    learning.category = "Dividend"
    run_all(app, ReplayRequest(ids=("fake:3",), only="all", from_step="enrich"))

    found = run_all(app, ReplayRequest(first=DAY, only="all", category="Dividend"))
    none = run_all(app, ReplayRequest(first=DAY, only="all", event_type="dividend"))

    assert app.store.runs.progress(found).selected == 1
    assert app.store.runs.progress(none).selected == 0


def test_a_run_tells_afterwards_what_it_changed_although_no_version_did(
    app: Backfin, learning: Learning, clock: FrozenClock
) -> None:
    app.store.watches.put(make_watch("dividends", "category = Dividend"))
    learning.category = "Dividend"
    run_id = run_all(app, ReplayRequest(ids=("fake:3",), only="all", from_step="enrich", notify=True))
    clock.forward(60)
    same = run_all(app, ReplayRequest(ids=("fake:3",), only="all", from_step="enrich"))

    (found,) = differences(app, app.store.runs.get(run_id))
    assert found["changed"]["category"] == {"before": "New Order", "after": "Dividend"}
    assert [alert["phase"] for alert in found["alerts"]] == ["enriched"]
    assert app.store.runs.progress(run_id).changed == 1
    assert list(differences(app, app.store.runs.get(same))) == []


def test_a_run_tells_how_many_items_it_read_for_the_first_time(app: Backfin) -> None:
    unread = [make_announcement(native_id=number) for number in ("8", "9")]
    app.store.announcements.add(unread, due_at=app.clock.now())

    mixed = run_all(app, ReplayRequest(ids=("fake:1", "fake:8", "fake:9"), only="all", from_step="enrich"))
    again = run_all(app, ReplayRequest(ids=("fake:8",), only="all", from_step="enrich"))

    found = told(app, app.store.runs.get(mixed))
    assert (found["done"], found["changed"], found["first_read"]) == (3, 0, 2)
    assert summary(app, mixed)["first_read"] == 2
    assert summary(app, again)["first_read"] == 0


def test_a_dry_run_says_what_would_change_and_changes_nothing(app: Backfin, learning: Learning) -> None:
    app.store.watches.put(make_watch("dividends", "category = Dividend"))
    app.store.watches.put(make_watch("orders", 'category = "New Order"'))
    run_all(app, ReplayRequest(ids=("fake:3",), only="all", from_step="match", notify=True))
    before = app.store.enrichments.history("fake:3")
    learning.category = "Dividend"
    request = checked(app.context, ReplayRequest(ids=("fake:3",), only="all", from_step="enrich"))

    (found,) = previews(app.context, request)

    assert found.difference.changed["category"] == ("New Order", "Dividend")
    assert (found.fires, found.silences) == (("dividends",), ("orders",))
    assert app.store.enrichments.history("fake:3") == before
    assert states(app) == [State.MATCHED] * 5
    assert app.store.deliveries.watches_told("fake:3", None, "enriched") == {
        make_watch("orders").watch_id,
    }


def test_a_dry_run_asks_no_model_unless_told_to(app: Backfin, learning: Learning) -> None:
    learning.is_remote, learning.category = True, "Dividend"
    learning.asked.clear()
    request = ReplayRequest(ids=("fake:3",), only="all", from_step="enrich")

    list(previews(app.context, request))
    assert learning.asked == []
    (found,) = previews(app.context, request, with_llm=True)
    assert found.after is not None
    assert found.after.category == "Dividend"


@pytest.fixture
def filed(clock: FrozenClock) -> Iterator[tuple[Backfin, FakeExchange]]:
    rows = [make_row(1, file="a.pdf"), make_row(2, file="b.pdf"), make_row(3)]
    files = {name: one_page_pdf(f"A letter of {name}.") for name in ("a.pdf", "b.pdf")}
    exchange = FakeExchange(rows, files=files)
    with make_app(exchanges=[exchange], clock=clock) as made:
        del exchange.files["b.pdf"]
        run_exchange(made, "fake")
        clock.forward(timedelta(days=2).total_seconds())
        exchange.requests.clear()
        yield made, exchange


def test_a_replay_from_the_archive_asks_nobody_and_names_what_the_archive_lacks(
    filed: tuple[Backfin, FakeExchange],
) -> None:
    app, exchange = filed

    run_id = run_all(app, ReplayRequest(first=DAY, only="all", archive=True))

    assert exchange.requests == []
    items = {item.item: (item.state, item.error) for item in app.store.runs.page_of_items(run_id)}
    assert items["fake:1"] == items["fake:3"] == ("done", None)
    assert items["fake:2"][0] == "failed"
    assert "archive has no file" in str(items["fake:2"][1])
    assert states(app) == [State.MATCHED] * 3  # what the archive lacks is left as it was


def test_a_replay_from_the_archive_finds_rows_the_store_has_lost(filed: tuple[Backfin, FakeExchange]) -> None:
    app, exchange = filed
    pages = {1: [make_row(7)]}
    exchange.read_archived = lambda number, content: next(  # type: ignore[attr-defined]
        iter(FakeExchange(pages[1]).fetch_day(app.clock.now().date().replace(day=1)))
    )

    run_id = run_all(app, ReplayRequest(first=DAY, archive=True))

    assert exchange.requests == []
    assert app.store.runs.progress(run_id).new == 1
    assert app.store.announcements.status("fake:7").state is State.MATCHED
