"""Inside backfin: how the plugin is loaded, configured and watched over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import backfin_telegram
import pytest
from bot_server import TOKEN, BotServer, hangs_up, refuses

from backfin import Backfin
from backfin.models import DeliveryState, Phase
from backfin.specs import Next
from backfin.testing import FakeExchange, FrozenClock, make_app, make_row, make_watch


@pytest.fixture
def app(server: BotServer) -> Iterator[Backfin]:
    """A backfin with the plugin and one announcement of a fake exchange."""
    exchange = FakeExchange([make_row(1)])
    section = {"token": TOKEN, "api_url": server.url}
    with make_app(
        exchanges=[exchange],
        plugins=[("telegram", backfin_telegram)],
        settings={"plugin": {"telegram": section}},
    ) as app:
        yield app


def record_of(section: Mapping[str, Any]) -> Any:
    """What became of the plugin with such a section."""
    with make_app(
        plugins=[("telegram", backfin_telegram)], settings={"plugin": {"telegram": section}}
    ) as app:
        return next(one for one in app.plugins.records if one.name == "telegram")


def states(app: Backfin) -> dict[str, str]:
    """State of each delivery, by phase."""
    columns, rows = app.store.exports.export("deliveries")
    return {row[columns.index("phase")]: row[columns.index("state")] for row in rows}


def test_with_a_token_it_is_on(app: Backfin) -> None:
    record = next(one for one in app.plugins.records if one.name == "telegram")

    assert (record.state, record.why) == ("on", "")
    assert record.components == ("notifier:telegram", "actor:telegram.updates")


def test_without_a_token_it_is_off_and_says_what_to_set() -> None:
    record = record_of({})

    assert record.state == "off"
    assert "BACKFIN_PLUGIN__TELEGRAM__TOKEN" in record.why


@pytest.mark.parametrize(
    "section",
    [
        {"token": "AAF-secret_without_its_number"},
        {"token": TOKEN, "api_url": "ftp://x"},
        {"token": TOKEN, "chat": 42},
        {"token": 7},
    ],
)
def test_a_wrong_section_fails_with_the_key_and_without_the_secret(section: dict[str, Any]) -> None:
    record = record_of(section)

    assert record.state == "failed"
    assert any(key in record.why for key in ("token", "api_url", "chat"))
    assert "AAF-" not in record.why


def test_a_filing_is_one_message_for_both_phases(app: Backfin, server: BotServer) -> None:
    app.store.watches.put(make_watch("all", "*", "telegram://42", phase=Phase.BOTH))

    app.run_inline([Next("backfin.scrape.fake", "fake")])

    assert states(app) == {"flash": "sent", "enriched": "sent"}
    assert server.methods() == ["sendMessage", "editMessageText"]
    assert len(server.messages) == 1


def test_a_message_that_nobody_knows_of_is_unsure_and_the_facts_still_arrive(
    app: Backfin, server: BotServer
) -> None:
    app.store.watches.put(make_watch("all", "*", "telegram://42", phase=Phase.BOTH))
    server.faults = [hangs_up]

    app.run_inline([Next("backfin.scrape.fake", "fake")])

    assert states(app) == {"flash": "unsure", "enriched": "sent"}
    assert server.methods() == ["sendMessage", "sendMessage"]


def test_each_chat_is_tried_for_itself(app: Backfin, server: BotServer) -> None:
    app.store.watches.put(make_watch("all", "*", "telegram://42", "telegram://13"))
    server.blocked = {13}
    server.faults = [refuses(500)]

    app.run_inline([Next("backfin.scrape.fake", "fake")])

    columns, rows = app.store.exports.export("deliveries")
    found = {row[columns.index("address")]: row[columns.index("state")] for row in rows}
    assert found == {"telegram://42": DeliveryState.SENT, "telegram://13": DeliveryState.FAILED}
    assert [chat for chat, _ in server.messages] == [42]


def test_the_actor_links_who_opens_a_link(app: Backfin, server: BotServer) -> None:
    watch = make_watch("all", "*", "console:")
    app.store.watches.put(watch)
    desk = app.plugins.registry.notifiers["telegram"].desk  # type: ignore[attr-defined]
    server.say(42, f"/start {desk.link(watch).partition('=')[2]}")

    app.run_inline([Next("telegram.updates")])

    found = app.store.watches.get(watch.watch_id)
    assert found is not None
    assert found.addresses == ("console:", "telegram://42")


def test_the_tick_sends_the_actor_each_minute(app: Backfin) -> None:
    clock = app.clock
    assert isinstance(clock, FrozenClock)
    shell = app.context.for_message(None)
    tick = next(spec.step for spec in app.specs if spec.name == "backfin.tick")

    first = [item.actor for item in tick(shell, "a")]
    again = [item.actor for item in tick(shell, "b")]
    clock.forward(60)
    later = [item.actor for item in tick(shell, "c")]

    assert [actors.count("telegram.updates") for actors in (first, again, later)] == [1, 0, 1]
