"""The channel: sends a message, or turns the flash that was sent before into the facts."""

from __future__ import annotations

import hashlib
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from backfin.errors import RateLimited
from backfin.models import Alert, Digest, Receipt
from backfin_telegram.addresses import chat_of
from backfin_telegram.api import BotApi, Refused
from backfin_telegram.desk import Desk
from backfin_telegram.digest import digest_message_of
from backfin_telegram.message import message_of

#: Seconds between two messages to one person, and to one group: Telegram allows one a second, and twenty a minute.
PERSON_INTERVAL_S, GROUP_INTERVAL_S = 1.0, 3.0

#: Threads of one process that may wait for the turn of one chat: a burst of news for it must leave the others free.
MOST_WAITING = 3

#: Seconds after which what found no place comes back, spread so that not all come at once.
_COME_BACK_S = (5.0, 15.0)

_HOW = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}

#: What Telegram says of a message that is not there to be edited any more.
_CANNOT_EDIT = ("message to edit not found", "message can't be edited", "message_id_invalid")


class TelegramNotifier:
    """Tells chats, one message a call.

    Telegram knows no token of ours. When nobody can tell whether it took a message, the error says ``maybe_sent``,
    and the message is not sent again by itself. An edit can be repeated without harm, and is.

    Args:
        api: The bot.
        desk: Where people link and leave; it is here for whoever runs it beside a worker.
    """

    name = "telegram"
    schemes: tuple[str, ...] = ("telegram",)
    accepts_token = False
    edits_flash = True

    def __init__(self, api: BotApi, desk: Desk) -> None:
        self.desk = desk
        self._api = api
        self._moved: dict[int | str, int] = {}
        self._waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Refuses what is no address of a chat.

        Raises:
            ConfigError: With a sentence that shows good addresses.
        """
        chat_of(address)

    def reach(self) -> None:
        """Asks the bot for its name, which proves its token, and sends nothing.

        Raises:
            ConfigError: The bot's token is wrong.
            NotifierUnavailable, RateLimited: Telegram does not answer now.
        """
        self._api.ask("getMe")

    def send(self, alert: Alert, address: str) -> Receipt:
        """Edits the flash of this news where there is one, else sends a message.

        Raises:
            NotifierUnavailable, RateLimited: Not accepted; with ``maybe_sent`` nobody knows.
            RecipientGone: The chat refuses for good, e.g. because the person blocked the bot.
            ConfigError: The address, or the bot's token, is wrong.
        """
        chat = chat_of(address)
        text = message_of(alert)
        return self._edited(alert, text) or self._sent(chat, text)

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        """Sends the digest as one message, with as many of its filings as there is room for. Raises as :meth:`send`."""
        return self._sent(chat_of(address), digest_message_of(digest))

    def _edited(self, alert: Alert, text: str) -> Receipt | None:
        """Replaces the flash's text; ``None`` where there is no flash that can be edited."""
        flash = (alert.previous_receipt or {}).get("detail") or {}
        chat, message_id = flash.get("chat_id"), flash.get("message_id")
        if not isinstance(chat, int) or not isinstance(message_id, int):
            return None
        try:
            self._in_turn(chat, "editMessageText", repeatable=True, message_id=message_id, text=text, **_HOW)
        except Refused as error:
            said = error.description.lower()
            # In a group that moved, the numbers of messages begin anew: the same one is another message.
            if error.moved_to is not None or any(words in said for words in _CANNOT_EDIT):
                return None
            if "message is not modified" not in said:
                raise
        return _receipt(chat, message_id, is_edit=True)

    def _sent(self, chat: int | str, text: str) -> Receipt:
        chat = self._moved.get(chat, chat)
        try:
            return self._sent_once(chat, text)
        except Refused as error:
            if not isinstance(error.moved_to, int):
                raise
            self._moved[chat] = error.moved_to
        return self._sent_once(self._moved[chat], text)

    def _sent_once(self, chat: int | str, text: str) -> Receipt:
        message = self._in_turn(chat, "sendMessage", repeatable=False, text=text, **_HOW)
        message = message if isinstance(message, dict) else {}
        return _receipt((message.get("chat") or {}).get("id", chat), message.get("message_id"))

    def _in_turn(self, chat: int | str, method: str, **parameters: Any) -> Any:
        is_group = isinstance(chat, str) or chat < 0
        # Hashed, because the pacer's names are logged and the chat is somebody's address.
        key = f"telegram/{hashlib.sha256(str(chat).encode()).hexdigest()[:12]}"
        pacer = self._api.pacer
        with self._place(key):
            pacer.wait(key, GROUP_INTERVAL_S if is_group else PERSON_INTERVAL_S)
            try:
                result = self._api.send(method, chat_id=chat, **parameters)
            except RateLimited as error:
                if error.facts.get("status") == 429:
                    pacer.cool_down(key, error.delay, why="Telegram asked for it")
                raise
        pacer.recovered(key)
        return result

    @contextmanager
    def _place(self, key: str) -> Iterator[None]:
        """A place among those who wait for a chat."""
        with self._lock:
            if self._waiting[key] >= MOST_WAITING:
                delay_s = random.uniform(*_COME_BACK_S)
                raise RateLimited("Other messages wait for this chat.", delay=delay_s, fault="queue")
            self._waiting[key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[key] -= 1
                self._waiting += Counter()  # forgets chats nobody waits for


def _receipt(chat: int | str, message_id: int | None, *, is_edit: bool = False) -> Receipt:
    detail = {"chat_id": chat, "message_id": message_id, "is_edit": is_edit}
    return Receipt(provider_id=f"{chat}/{message_id}", detail=detail)
