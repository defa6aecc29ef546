"""Retention: what is no longer needed goes, and nothing that a promise rests on goes with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backfin import Backfin
from backfin.cli.main import app as commands
from backfin.errors import TransientError
from backfin.identity import document_id
from backfin.models import DeliveryState, State
from backfin.specs import Next
from backfin.steps import retain as retain_step
from backfin.steps.close_day import hold_day
from backfin.steps.replay import ReplayRequest, start
from backfin.steps.retain import plans, retain, steps
from backfin.storage.retention import RULES
from backfin.testing import (
    FakeExchange,
    FrozenClock,
    RecordingNotifier,
    make_app,
    make_enrichment,
    make_row,
    make_watch,
    run_exchange,
)
from backfin.testing.frozen_clock import NOON
from backfin.testing.pdf import one_page_pdf

#: Everything is kept as short as settings allow.
SHORT = dict.fromkeys(("runs", "raw_answers", "attempts", "receipts", "readings", "texts", "files"), 7)
FIRST = NOON.date()


def letter(number: int) -> bytes:
    return one_page_pdf(
        f"We have received an order worth Rs. {number + 10}.50 crore from Example Rail Limited."
    )


def on_day(number: int, days: int) -> dict[str, Any]:
    return make_row(number, at=f"{FIRST + timedelta(days=days)}T11:00:{number:02d}", file=f"{number}.pdf")


class Scene:
    """An app over some years, with one announcement on each of some days."""

    def __init__(self, app: Backfin, exchange: FakeExchange, channel: RecordingNotifier) -> None:
        self.app, self.exchange, self.channel = app, exchange, channel
        self.days: list[date] = []

    @property
    def clock(self) -> FrozenClock:
        assert isinstance(self.app.clock, FrozenClock)
        return self.app.clock

    def publish(self, number: int, days: int) -> str:
        """Lets a day come, with one announcement that goes all its way."""
        self.clock.set(NOON + timedelta(days=days))
        self.exchange.rows.append(on_day(number, days))
        self.exchange.files[f"{number}.pdf"] = letter(number)
        self.days.append(FIRST + timedelta(days=days))
        run_exchange(self.app, "fake")
        return f"fake:{number}"

    def apply(self, *, days: float = 0) -> dict[str, int]:
        """Takes away what may go, so many days later; how much went by stage."""
        self.clock.forward(days=days)
        taken: dict[str, int] = {}
        for step in steps(self.app.context):
            taken[step.stage] = taken.get(step.stage, 0) + step.taken
        return taken

    def replay(self, **request: Any) -> None:
        run_id = start(self.app.context, ReplayRequest(only="all", **request))
        self.app.run_inline([Next("backfin.replay", run_id)])

    def facts(self, key: str) -> Any:
        latest = self.app.store.enrichments.latest(key)
        assert latest is not None
        return latest.category, latest.headline, latest.facts

    def report(self, day: date, *, offline: bool) -> Any:
        exchange = self.app.context.exchange("fake")
        return hold_day(self.app.context, exchange, day, offline=offline)[0]

    def rows(self, name: str) -> int:
        return self.app.store.retention.held(name, None).rows


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Any:
    chosen = getattr(request, "param", SHORT)
    exchange, channel = FakeExchange(), RecordingNotifier()
    with make_app(exchanges=[exchange], notifiers=[channel], settings={"retention": chosen}) as app:
        app.store.watches.put(make_watch())
        yield Scene(app, exchange, channel)


def test_what_only_operates_goes_and_what_was_learnt_and_told_stays(scene: Scene) -> None:
    key = scene.publish(1, 0)
    facts, told = scene.facts(key), scene.app.store.deliveries.search()

    taken = scene.apply(days=400)

    (kept,) = scene.app.store.deliveries.search()
    assert {"raw_answers": 1, "attempts": 1, "texts": 1, "files": 1}.items() <= taken.items()
    assert (scene.rows("raw_answers"), scene.rows("attempts")) == (0, 0)
    assert {(run.kind, run.day) for run in scene.app.store.runs.list()} == {
        (kind, FIRST) for kind in ("scrape", "issuers")
    }
    assert scene.facts(key) == facts
    assert (kept.delivery_id, kept.state, kept.sent_at) == (told[0].delivery_id, "sent", told[0].sent_at)
    assert (kept.receipt, kept.error) == (None, None)


def test_the_archive_lets_a_file_go_after_its_grace_and_not_before(scene: Scene) -> None:
    scene.publish(1, 0)
    file = document_id(letter(1))

    scene.apply(days=400)
    within_grace = scene.app.context.archive.has(file)
    taken = scene.apply(days=3)

    assert within_grace
    assert not scene.app.context.archive.has(file)
    assert taken["archive"] == 2  # the file and the exchange's answer


def test_a_file_that_a_young_announcement_shares_stays_with_its_text(scene: Scene) -> None:
    scene.publish(1, 0)
    scene.exchange.files["1.pdf"] = letter(1)
    young = scene.publish(2, 380)
    scene.exchange.rows.append(make_row(3, at=f"{FIRST + timedelta(days=380)}T11:30:00", file="1.pdf"))
    run_exchange(scene.app, "fake")

    scene.apply(days=3)
    scene.apply(days=3)

    (shared,) = scene.app.store.documents.of("fake:3")
    assert scene.app.context.archive.has(document_id(letter(1)))
    assert shared.pages
    assert scene.app.store.documents.of(young)[0].pages


def test_what_is_put_into_the_archive_again_within_the_grace_stays(scene: Scene) -> None:
    scene.publish(1, 0)
    scene.apply(days=400)

    scene.app.context.archive.put(letter(1), "pdf")
    taken = scene.apply(days=3)

    assert scene.app.context.archive.has(document_id(letter(1)))
    assert taken["archive"] == 1  # the exchange's answer alone


def test_nobody_relies_on_a_file_that_is_just_being_removed(scene: Scene) -> None:
    scene.publish(1, 0)
    scene.apply(days=400)
    scene.clock.forward(days=3)
    file, now = document_id(letter(1)), scene.clock.now()
    removals, archive = scene.app.store.removals, scene.app.context.archive

    assert removals.claim(file, now)
    with pytest.raises(TransientError, match="in a moment"):
        archive.put(letter(1), "pdf")
    assert not removals.claim(file, now), "two remove one file"
    archive.remove(file)
    removals.done(file)
    archive.put(letter(1), "pdf")

    assert archive.get(file) == letter(1)


def test_a_removal_that_died_with_its_process_is_taken_up_again(scene: Scene) -> None:
    scene.publish(1, 0)
    scene.apply(days=400)
    scene.clock.forward(days=3)
    scene.app.store.removals.claim(document_id(letter(1)), scene.clock.now())

    at_once = scene.apply()
    later = scene.apply(days=0.1)

    assert (at_once["archive"], later["archive"]) == (1, 1)
    assert not scene.app.context.archive.has(document_id(letter(1)))


def test_facts_whose_text_is_no_longer_kept_stay_when_they_are_read_again(scene: Scene) -> None:
    key = scene.publish(1, 0)
    before = scene.facts(key)
    scene.apply(days=400)
    scene.apply(days=3)

    scene.exchange.files.clear()
    for step in ("read", "enrich", "investors"):
        scene.replay(ids=(key,), from_step=step)

    assert scene.facts(key) == before
    assert scene.app.store.announcements.status(key).state is State.MATCHED


def test_a_text_comes_back_when_the_exchange_still_has_the_file(scene: Scene) -> None:
    key = scene.publish(1, 0)
    scene.apply(days=400)
    scene.apply(days=3)

    scene.replay(ids=(key,), from_step="read")
    scene.apply(days=0)

    assert scene.app.context.archive.has(document_id(letter(1)))
    (found,) = scene.app.store.documents.of(key)
    assert found.has_lost_text, "the replay ended, so what is old may go again"


def test_a_reading_that_was_replaced_goes_and_the_latest_stays(scene: Scene) -> None:
    key = scene.publish(1, 0)
    older = make_enrichment(announcement_id=key, enrichment_id="e_older", created_at=NOON)
    latest = scene.app.store.enrichments.latest(key)
    assert latest is not None
    scene.app.store.enrichments.record(older, due_at=NOON)
    scene.app.store.enrichments.record(latest, due_at=NOON)

    unfinished = scene.apply(days=400)["readings"]
    scene.replay(ids=(key,), from_step="match")
    finished = scene.apply()["readings"]

    assert (unfinished, finished) == (0, 1)
    assert [one.enrichment_id for one in scene.app.store.enrichments.history(key)] == [latest.enrichment_id]


def test_what_is_pending_unsure_or_unfinished_is_left_alone(scene: Scene) -> None:
    key = scene.publish(1, 0)
    (told,) = scene.app.store.deliveries.search()
    scene.app.store.announcements.rewind([key], State.READ, due_at=NOON)
    with scene.app.store._database.write() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'unsure', error = 'Perhaps.'")
    runs = scene.app.store.runs
    running, paused = (runs.start("replay") for _ in range(2))
    for run_id in (running, paused):
        runs.select_items(run_id, [key])
    runs.change_state(paused, ["running"], "paused")
    scene.clock.forward(seconds=1)
    runs.start("replay")  # the last of its kind is kept anyway

    taken = scene.apply(days=400)

    assert [taken[name] for name in ("attempts", "receipts", "texts", "files", "run_items")] == [0] * 5
    assert scene.app.store.deliveries.get(told.delivery_id).error == "Perhaps."
    assert [runs.item(run_id, key) is not None for run_id in (running, paused)] == [True, True]


@pytest.mark.parametrize("scene", [SHORT | {"runs": 7, "raw_answers": 7}], indirect=True)
def test_days_that_are_still_caught_up_with_keep_their_runs_and_answers(scene: Scene) -> None:
    scene.publish(1, 0)
    scene.publish(2, 1)

    early = scene.apply(days=30)
    late = scene.apply(days=10)

    assert (early["raw_answers"], late["raw_answers"]) == (0, 3)


def test_a_long_cleaning_goes_on_where_its_message_stopped(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        scene.publish(number, number)
    scene.clock.forward(days=400)
    monkeypatch.setattr(retain_step, "TURN_S", -1.0)
    monkeypatch.setattr("backfin.storage.retention.LOOK", 2)

    messages = [Next("backfin.retain")]
    for message in messages:
        messages += retain(scene.app.context, message.key, **message.options)

    assert len(messages) > len(RULES)
    assert scene.rows("raw_answers") == 0
    assert all(plan.goes == 0 for plan in plans(scene.app.context) if plan.name != "archive")


def test_what_would_go_is_what_goes(scene: Scene) -> None:
    for number in range(3):
        scene.publish(number, number)
    scene.clock.forward(days=400)

    said = {plan.name: plan.goes for plan in plans(scene.app.context)}
    taken = scene.apply()

    # Runs wait for their answers, which go before them.
    assert {name: said[name] for name in said if name != "runs"} == {
        name: taken[name] for name in said if name != "runs"
    }
    assert sum(said.values()) > 0


def test_free_room_goes_back_to_the_disk(scene: Scene) -> None:
    for number in range(3):
        scene.publish(number, number)
    with scene.app.store._database.write() as connection:
        connection.exec_driver_sql("UPDATE pages SET text = :text", {"text": "x" * 3_000_000})
    before = scene.app.store.space.room()

    scene.apply(days=400)

    after = scene.app.store.space.room()
    assert before.is_given_back
    assert after.total < before.total - 6_000_000
    assert after.free == 0


_DAYS = st.one_of(st.none(), st.sampled_from([7, 40, 100]))
_AGE = st.integers(1, 90)
_KEPT = st.fixed_dictionaries(dict.fromkeys(SHORT, _DAYS))


@settings(max_examples=5)
@given(kept=_KEPT, gaps=st.lists(_AGE, min_size=2, max_size=3), ages=st.lists(_AGE, min_size=1, max_size=2))
def test_after_any_cleaning_every_promise_holds(
    kept: dict[str, int | None], gaps: list[int], ages: list[int]
) -> None:
    exchange, channel = FakeExchange(), RecordingNotifier()
    with make_app(exchanges=[exchange], notifiers=[channel], settings={"retention": kept}) as app:
        app.store.watches.put(make_watch())
        scene = Scene(app, exchange, channel)
        day, keys = 0, []
        for number, gap in enumerate(gaps):
            keys.append(scene.publish(number, day))
            day += gap
        offline = [scene.report(one, offline=True) for one in scene.days]
        facts = {key: scene.facts(key) for key in keys}
        seen = {key: app.store.announcements.get(key) for key in keys}
        told = sorted(alert.announcement.announcement_id for alert in channel.alerts)
        assert told == sorted(keys)

        for age in ages:
            scene.apply(days=age)

        assert [scene.report(one, offline=True) for one in scene.days] == offline
        assert all(scene.report(one, offline=False).complete for one in scene.days)
        assert {key: app.store.announcements.get(key) for key in keys} == seen
        scene.replay(first=str(scene.days[0]), last=str(scene.days[-1]), notify=True)
        scene.replay(ids=tuple(keys), from_step="enrich", notify=True)
        assert {key: scene.facts(key) for key in keys} == facts
        assert sorted(alert.announcement.announcement_id for alert in channel.alerts) == told
        assert app.store.deliveries.counts() == {DeliveryState.SENT: len(keys)}


def test_the_commands_show_and_apply(cli_home: Any) -> None:
    shown = cli_home("retention", "show", "--json")
    dry = cli_home("retention", "apply", "--dry-run", "--json")
    applied = cli_home("retention", "apply", "--json")

    names = [rule["name"] for rule in shown["rules"]]
    assert names == [*RULES, "archive"] == list(applied)
    assert dry == shown
    assert shown["store"]["is_given_back"]


@pytest.fixture
def cli_home() -> Any:
    import json

    from typer.testing import CliRunner

    def run(*arguments: str) -> Any:
        done = CliRunner().invoke(commands, list(arguments))
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run
