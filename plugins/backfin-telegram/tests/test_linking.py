"""Linking: only who holds a fresh link of the owner's making, only once, and everybody may leave."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from backfin_telegram.api import BotApi
from backfin_telegram.desk import DEAD, HELP, Desk
from backfin_telegram.links import Links
from bot_server import BotServer, refuses
from hypothesis import given
from hypothesis import strategies as st

from backfin.errors import NotifierUnavailable
from backfin.models import Watch
from backfin.testing import FrozenClock, make_watch

OWNER, STRANGER, GROUP = 42, 666, -1005


class FakeWatches:
    """Watches in memory."""

    def __init__(self, *watches: Watch) -> None:
        self.kept = {watch.watch_id: watch for watch in watches}

    def get(self, watch_id: str) -> Watch | None:
        """The watch of that id."""
        return self.kept.get(watch_id)

    def list(self) -> list[Watch]:
        """All watches."""
        return list(self.kept.values())

    def put(self, watch: Watch) -> Watch:
        """Changes a watch."""
        self.kept[watch.watch_id] = watch
        return watch


class Scene:
    """A bot, two watches, and what people write."""

    def __init__(self, server: BotServer, desk: Desk, links: Links, clock: FrozenClock) -> None:
        self.server, self.desk, self.links, self.clock = server, desk, links, clock
        self.orders, self.others = (
            make_watch("orders", "*", "console:"),
            make_watch("others", "*", "console:"),
        )
        self.watches = FakeWatches(self.orders, self.others)

    def token(self) -> str:
        """The token of a new link to the watch as it stands."""
        return self.desk.link(self.watches.kept[self.orders.watch_id]).partition("?start=")[2]

    def says(self, chat: int, text: str, kind: str = "private") -> str:
        """Writes to the bot and returns its answer."""
        self.server.messages.clear()
        self.server.say(chat, text, kind)
        self.desk.take_all(self.watches)
        return "".join(text for (to, _), text in self.server.messages.items() if to == chat)

    @property
    def told(self) -> tuple[str, ...]:
        """Whom the watch tells."""
        return self.watches.kept[self.orders.watch_id].addresses


@pytest.fixture
def scene(server: BotServer, api: BotApi, links: Links, clock: FrozenClock) -> Scene:
    return Scene(server, Desk(api, links), links, clock)


def test_who_opens_a_link_is_told_and_hears_so(scene: Scene) -> None:
    link = scene.desk.link(scene.orders)
    assert link.startswith("https://t.me/a_bot?start=")

    answer = scene.says(OWNER, f"/start {link.partition('=')[2]}")

    assert answer == "This chat hears of “orders”. /stop ends it."
    assert scene.told == ("console:", "telegram://42")
    assert scene.watches.kept[scene.others.watch_id].addresses == ("console:",)


def test_a_link_works_once(scene: Scene) -> None:
    token = scene.token()
    scene.says(OWNER, f"/start {token}")

    assert scene.says(STRANGER, f"/start {token}") == DEAD
    assert scene.says(OWNER, f"/start {token}").startswith("This chat hears of"), "pressed twice"

    assert scene.told == ("console:", "telegram://42")


def test_a_link_is_over_after_its_time(scene: Scene) -> None:
    token = scene.token()

    scene.clock.forward(15 * 60)

    assert scene.says(OWNER, f"/start {token}") == DEAD
    assert scene.told == ("console:",)


def test_a_link_for_one_watch_opens_no_other_one(scene: Scene) -> None:
    data = bytearray(base64.urlsafe_b64decode(scene.token()))
    data[:16] = bytes.fromhex(scene.others.watch_id[2:])
    forged = base64.urlsafe_b64encode(bytes(data)).decode()

    assert scene.says(STRANGER, f"/start {forged}") == DEAD
    assert scene.watches.kept[scene.others.watch_id].addresses == ("console:",)


def test_a_link_cannot_be_given_more_time(scene: Scene) -> None:
    data = bytearray(base64.urlsafe_b64decode(scene.token()))
    data[16:20] = b"\xff" * 4
    forged = base64.urlsafe_b64encode(bytes(data)).decode()

    assert scene.says(STRANGER, f"/start {forged}") == DEAD
    assert scene.told == ("console:",)


def test_a_link_signed_with_another_key_is_none(scene: Scene) -> None:
    foreign = Links(lambda: "another key", scene.clock).token(scene.orders)

    assert scene.says(STRANGER, f"/start {foreign}") == DEAD
    assert scene.told == ("console:",)


def test_a_link_of_a_watch_that_was_removed_is_none(scene: Scene) -> None:
    token = scene.token()
    del scene.watches.kept[scene.orders.watch_id]

    assert scene.says(OWNER, f"/start {token}") == DEAD


@pytest.mark.parametrize(
    "text",
    ["hello", "/start", "/help", "/START", "owner@example.in", "/start@a_bot", "%@%.%", "/link orders"],
)
def test_whatever_else_a_stranger_writes_links_nothing(scene: Scene, text: str) -> None:
    assert scene.says(STRANGER, text) == HELP

    assert scene.told == ("console:",)


ENCODED = st.binary(max_size=60).map(lambda data: base64.urlsafe_b64encode(data).decode())


@given(st.text(max_size=80) | ENCODED)
def test_no_made_up_token_is_believed(token: str) -> None:
    watch = make_watch("orders")
    links = Links(lambda: "a key", FrozenClock())

    links.read(token)

    assert not links.fits(token, watch)


@given(st.integers(0, 47), st.sampled_from("ABCXYZabcxyz0189-_"))
def test_a_token_with_one_character_changed_is_not_believed(place: int, char: str) -> None:
    watch = make_watch("orders")
    links = Links(lambda: "a key", FrozenClock())
    token = links.token(watch)
    changed = token[:place] + char + token[place + 1 :]

    assert links.fits(token, watch)
    assert links.fits(changed, watch) == (changed == token)


def test_a_token_fits_into_a_deep_link(links: Links) -> None:
    token = links.token(make_watch("orders"), timedelta(days=1))

    assert len(token) == 48
    assert token.replace("-", "").replace("_", "").isalnum()


def test_lists_of_addresses_that_join_to_the_same_text_are_told_apart(links: Links) -> None:
    token = links.token(make_watch("orders", "*", "telegram://12"))

    assert not links.fits(token, make_watch("orders", "*", "telegram://1", "2"))


def test_a_group_is_linked_by_the_link_alone_and_heard_in_nothing_else(scene: Scene) -> None:
    link = scene.desk.link(scene.orders, group=True)
    assert "?startgroup=" in link

    assert scene.says(GROUP, f"/start@a_bot {link.partition('=')[2]}", "supergroup").startswith(
        "This chat hears"
    )
    assert scene.says(GROUP, "/stop@a_bot", "supergroup") == ""
    assert scene.says(GROUP, "good morning", "supergroup") == ""

    assert scene.told == ("console:", "telegram://-1005")


def test_who_leaves_is_off_every_watch_and_nobody_else_is(scene: Scene) -> None:
    for watch in (scene.orders, scene.others):
        scene.watches.put(
            watch.model_copy(
                update={"addresses": ("telegram:42", "telegram://42/", "telegram://420", "mailto:a@b.in")}
            )
        )

    assert scene.says(OWNER, "/stop") == "This chat hears no more of: orders, others."
    assert scene.says(OWNER, "/stop") == "This chat hears of nothing."

    kept = {watch.addresses for watch in scene.watches.list()}
    assert kept == {("telegram://420", "mailto:a@b.in")}


def test_messages_are_read_until_none_is_left_and_each_is_confirmed(scene: Scene) -> None:
    for number in range(250):
        scene.server.say(1000 + number, "hello")

    scene.desk.take_all(scene.watches)
    again = scene.desk.take(scene.watches)

    assert sum(text == HELP for text in scene.server.messages.values()) == 250
    assert (again, scene.server.updates) == (0, [])


def test_a_person_who_cannot_be_answered_keeps_nobody_waiting(scene: Scene) -> None:
    scene.server.blocked = {STRANGER}
    scene.server.say(STRANGER, "hello")

    assert scene.says(OWNER, f"/start {scene.token()}").startswith("This chat hears")


def test_what_was_not_dealt_with_is_read_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    token = scene.token()
    with monkeypatch.context() as broken:
        broken.setattr(scene.watches, "put", _raise)
        with pytest.raises(NotifierUnavailable):
            scene.says(OWNER, f"/start {token}")

    scene.desk.take_all(scene.watches)

    assert scene.told == ("console:", "telegram://42")


def _raise(watch: Watch) -> None:
    raise NotifierUnavailable("The store is busy.")


def test_another_reader_is_a_reason_to_try_again(scene: Scene) -> None:
    scene.server.faults = [refuses(409, "Conflict: terminated by other getUpdates request")]

    with pytest.raises(NotifierUnavailable, match="Conflict"):
        scene.desk.take_all(scene.watches)


@pytest.mark.parametrize(
    "message", [{}, {"chat": {}}, {"chat": {"id": 42}}, {"chat": {"id": 42}, "text": None}, None]
)
def test_a_message_of_another_kind_is_passed_over(scene: Scene, message: object) -> None:
    scene.server.updates = [{"update_id": 7, "message": message}, {"update_id": 8}]

    scene.desk.take_all(scene.watches)

    assert scene.server.updates == []
    assert "sendMessage" not in scene.server.methods()
