"""Sending: once, in turn, edited in place, and honest where nobody knows."""

from __future__ import annotations

import logging
import threading
import traceback
from typing import Any

import pytest
from backfin_telegram import TelegramNotifier
from backfin_telegram import api as api_module
from backfin_telegram.api import BotApi
from backfin_telegram.desk import Desk
from backfin_telegram.links import Links
from backfin_telegram.notifier import MOST_WAITING
from bot_server import TOKEN, BotServer, hangs_up, refuses, stalls
from pydantic import SecretStr

from backfin.errors import BackfinError, ConfigError, NotifierUnavailable, RateLimited, RecipientGone
from backfin.models import Alert, Phase, Receipt
from backfin.pacing import LocalPacer
from backfin.testing import FrozenClock, make_alert, make_enrichment
from conftest import Time, api_at

CHAT = "telegram://42"
FLASH = make_alert(delivery_id="d_flash", phase=Phase.FLASH, enrichment=None)


def facts(flash: Receipt | None = None, **changes: Any) -> Alert:
    previous = flash.model_dump(mode="json") if flash else None
    return make_alert(delivery_id="d_facts", previous_receipt=previous, **changes)


def error_of(notifier: TelegramNotifier, alert: Alert = FLASH, address: str = CHAT) -> BackfinError:
    with pytest.raises(BackfinError) as caught:
        notifier.send(alert, address)
    return caught.value


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that takes longer than a moment is late."""
    monkeypatch.setattr(api_module, "ANSWER_S", 0.2)


def test_a_flash_becomes_its_facts_in_place(notifier: TelegramNotifier, server: BotServer) -> None:
    flash = notifier.send(FLASH, CHAT)
    assert flash.detail == {"chat_id": 42, "message_id": 1, "is_edit": False}

    receipt = notifier.send(facts(flash), CHAT)

    (text,) = server.texts
    assert "wins an order of Rs. 12.5 crore" in text
    assert "has not been read yet" not in text
    assert (receipt.provider_id, receipt.detail["is_edit"]) == ("42/1", True)
    assert server.methods() == ["sendMessage", "editMessageText"]


def test_an_edit_that_was_done_already_counts_as_done(notifier: TelegramNotifier, server: BotServer) -> None:
    flash = notifier.send(FLASH, CHAT)
    notifier.send(facts(flash), CHAT)

    again = notifier.send(facts(flash), CHAT)

    assert again.detail["message_id"] == 1
    assert len(server.messages) == 1


def test_facts_whose_flash_was_deleted_are_a_message_of_their_own(
    notifier: TelegramNotifier, server: BotServer
) -> None:
    flash = notifier.send(FLASH, CHAT)
    server.messages.clear()

    receipt = notifier.send(facts(flash), CHAT)

    assert len(server.messages) == 1
    assert receipt.detail["is_edit"] is False


@pytest.mark.parametrize(
    "previous", [None, {}, {"detail": None}, {"detail": {"chat_id": "42", "message_id": None}}]
)
def test_facts_without_a_usable_receipt_are_sent(
    notifier: TelegramNotifier, server: BotServer, previous: dict[str, Any] | None
) -> None:
    notifier.send(make_alert(previous_receipt=previous), CHAT)

    assert server.methods() == ["sendMessage"]


def test_a_group_that_moved_is_followed_and_remembered(notifier: TelegramNotifier, server: BotServer) -> None:
    server.moved = {-5: -1005}

    first, second = (notifier.send(FLASH, "telegram://-5") for _ in range(2))

    assert list(server.messages) == [(-1005, 1), (-1005, 2)]
    assert first.detail["chat_id"] == second.detail["chat_id"] == -1005
    assert [given["chat_id"] for _, given in server.calls] == [-5, -1005, -1005]


def test_a_flash_of_before_the_move_is_not_looked_for_among_the_new_groups_messages(
    notifier: TelegramNotifier, server: BotServer
) -> None:
    flash = notifier.send(FLASH, "telegram://-5")
    server.messages = {(-1005, 1): "somebody else's"}
    server.moved = {-5: -1005}

    notifier.send(facts(flash), "telegram://-5")

    assert server.messages[-1005, 1] == "somebody else's"
    assert "wins an order" in server.messages[-1005, 2]


def test_a_chat_that_blocked_the_bot_is_gone_with_a_sentence_and_without_its_id(
    notifier: TelegramNotifier, server: BotServer
) -> None:
    server.blocked = {987654321}

    error = error_of(notifier, address="telegram://987654321")

    assert isinstance(error, RecipientGone)
    assert "bot was blocked by the user" in str(error)
    assert "unblock the bot" in str(error)
    assert "987654321" not in str(error)


def test_a_chat_that_nobody_knows_is_gone(notifier: TelegramNotifier, server: BotServer) -> None:
    server.unknown = {42}

    assert isinstance(error_of(notifier), RecipientGone)


def test_a_flash_in_a_chat_that_blocked_the_bot_since_is_not_sent_anew(
    notifier: TelegramNotifier, server: BotServer
) -> None:
    flash = notifier.send(FLASH, CHAT)
    server.blocked = {42}

    assert isinstance(error_of(notifier, facts(flash)), RecipientGone)

    assert server.methods() == ["sendMessage", "editMessageText"]


def test_a_flood_limit_is_honoured_by_everyone_who_writes_to_the_chat(
    notifier: TelegramNotifier, server: BotServer, time: Time
) -> None:
    server.faults = [refuses(429, "Too Many Requests: retry after 17", retry_after=17)]

    error = error_of(notifier)
    early = error_of(notifier)
    notifier.send(FLASH, "telegram://43")

    assert isinstance(error, RateLimited)
    assert error.delay == 17
    assert isinstance(early, RateLimited)
    assert len(server.calls) == 2, "the second one must not knock"
    time.now_s += 17
    notifier.send(FLASH, CHAT)
    assert len(server.messages) == 2


@pytest.mark.parametrize("said", [None, "soon", True, -1, 10**9])
def test_a_flood_limit_of_any_kind_is_a_sensible_delay(
    notifier: TelegramNotifier, server: BotServer, said: object
) -> None:
    server.faults = [refuses(429, "Too Many Requests", retry_after=said)]

    assert 1 <= error_of(notifier).delay <= 6 * 3600


@pytest.mark.parametrize(
    ("address", "seconds"), [(CHAT, 1.0), ("telegram://-1005", 3.0), ("telegram://@news", 3.0)]
)
def test_messages_to_one_chat_keep_their_distance(
    notifier: TelegramNotifier, time: Time, address: str, seconds: float
) -> None:
    start = time.now_s

    for _ in range(3):
        notifier.send(FLASH, address)

    assert time.now_s - start == pytest.approx(2 * seconds)


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails_has_not_taken_it(
    notifier: TelegramNotifier, server: BotServer, status: int
) -> None:
    server.faults = [refuses(status)]

    error = error_of(notifier)

    assert isinstance(error, NotifierUnavailable)
    assert "maybe_sent" not in error.facts


@pytest.mark.parametrize(
    "fault",
    [hangs_up, stalls(1.0), refuses(502, "Bad Gateway"), lambda *_: (504, b"<html>"), lambda *_: (200, b"?")],
    ids=["hangs up", "stalls", "502", "504", "no JSON"],
)
@pytest.mark.usefixtures("impatient")
def test_where_nobody_can_tell_a_message_is_unsure_and_an_edit_is_tried_again(
    notifier: TelegramNotifier, server: BotServer, fault: Any
) -> None:
    flash = notifier.send(FLASH, CHAT)
    server.faults = [fault, fault]

    error, edit = error_of(notifier), error_of(notifier, facts(flash))

    assert error.facts.get("maybe_sent") is True
    assert "resend it if it is missing" in str(error)
    assert isinstance(edit, NotifierUnavailable)
    assert "maybe_sent" not in edit.facts


def test_a_server_that_cannot_be_reached_has_taken_nothing() -> None:
    api = api_at("http://127.0.0.1:1")

    with pytest.raises(NotifierUnavailable, match="cannot be reached") as caught:
        api.send("sendMessage", repeatable=False, chat_id=42, text="x")

    assert "maybe_sent" not in caught.value.facts


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_token_names_the_setting(notifier: TelegramNotifier, server: BotServer, status: int) -> None:
    server.faults = [refuses(status, "Unauthorized")]

    error = error_of(notifier)

    assert isinstance(error, ConfigError)
    assert "token in [plugin.telegram]" in str(error)


def everything_said(error: BaseException) -> str:
    """An error with all it hangs on, as any tool may print it."""
    parts: list[str] = []
    at: BaseException | None = error
    while at is not None:
        parts += [repr(at), "".join(traceback.format_exception(at))]
        at = at.__cause__ or at.__context__
    return "".join(parts)


@pytest.mark.parametrize(
    "fault", [hangs_up, stalls(1.0), refuses(403), refuses(500), refuses(400, f"no /bot{TOKEN}/x")]
)
@pytest.mark.usefixtures("impatient")
def test_the_token_is_in_no_error_and_no_log(
    notifier: TelegramNotifier, server: BotServer, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults = [fault]

    with caplog.at_level(logging.DEBUG):
        said = everything_said(error_of(notifier))

    assert TOKEN.partition(":")[2] not in said + caplog.text


def test_the_http_librarys_own_log_is_masked(
    notifier: TelegramNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        notifier.send(FLASH, CHAT)

    assert "/bot123456:**********/sendMessage" in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text


def test_the_token_is_in_no_error_of_a_server_that_is_away(caplog: pytest.LogCaptureFixture) -> None:
    api = api_at("http://127.0.0.1:1")

    with caplog.at_level(logging.DEBUG), pytest.raises(NotifierUnavailable) as caught:
        api.send("sendMessage", repeatable=False, chat_id=42, text="x")

    assert TOKEN.partition(":")[2] not in everything_said(caught.value) + caplog.text + repr(api)


def test_one_chat_that_fails_keeps_nobody_else_from_hearing(
    notifier: TelegramNotifier, server: BotServer
) -> None:
    server.blocked = {13}
    outcomes: dict[str, object] = {}

    def tell(address: str) -> None:
        try:
            outcomes[address] = notifier.send(FLASH, address)
        except RecipientGone as error:
            outcomes[address] = error

    threads = [threading.Thread(target=tell, args=(f"telegram://{chat}",)) for chat in (11, 12, 13, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert isinstance(outcomes.pop("telegram://13"), RecipientGone)
    assert all(isinstance(outcome, Receipt) for outcome in outcomes.values())
    assert sorted(chat for chat, _ in server.messages) == [11, 12, 14]


def test_a_burst_for_one_chat_leaves_threads_for_the_others(server: BotServer) -> None:
    server.faults = [stalls(0.5)] * MOST_WAITING
    api = BotApi(SecretStr(TOKEN), server.url, LocalPacer(sleep=lambda seconds: None))
    notifier = TelegramNotifier(api, Desk(api, Links(lambda: "a key", FrozenClock())))
    sending = [threading.Thread(target=notifier.send, args=(FLASH, CHAT)) for _ in range(MOST_WAITING)]
    for thread in sending:
        thread.start()
    while len(server.calls) < MOST_WAITING:
        pass

    late = error_of(notifier)
    notifier.send(FLASH, "telegram://43")
    for thread in sending:
        thread.join()
    notifier.send(FLASH, CHAT)

    assert isinstance(late, RateLimited)
    assert 5 <= late.delay <= 15
    assert len(server.messages) == MOST_WAITING + 2


def test_long_words_arrive_within_the_limit(notifier: TelegramNotifier, server: BotServer) -> None:
    words = "अत्यंत <b>long</b> & 😀 " * 400

    notifier.send(make_alert(enrichment=make_enrichment(headline=words, summary=words)), CHAT)

    assert len(server.messages) == 1


def test_a_bot_of_another_token_is_refused_by_the_server(server: BotServer, time: Time) -> None:
    api = BotApi(SecretStr("1:" + "x" * 20), server.url, api_at(server.url, time).pacer)

    with pytest.raises(ConfigError):
        api.ask("getMe")
