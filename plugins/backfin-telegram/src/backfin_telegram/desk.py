"""The desk: reads what people wrote to the bot, links chats to watches, and lets them leave."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

from backfin.errors import BackfinError, ConfigError
from backfin.models import Watch
from backfin.notifications.clean import fit, one_line
from backfin.specs import Next
from backfin_telegram.addresses import address_of, is_of
from backfin_telegram.api import BotApi
from backfin_telegram.links import LIFETIME, Links

log = logging.getLogger("backfin.telegram")

_COMMAND = re.compile(r"/(?P<name>[a-z]+)(?:@\w+)?(?:\s+(?P<token>\S+))?\s*", re.IGNORECASE)
_NAME_CHARS = 100

HELP = (
    "This bot tells of announcements of listed companies. Who runs it can give you a link that makes it tell you; "
    "/stop ends all messages to this chat."
)
DEAD = "This link cannot be used any more, or was cut off. Ask for a new one."


class Watches(Protocol):
    """What the desk needs of the store."""

    def get(self, watch_id: str) -> Watch | None:
        """The watch of that id."""
        ...

    def list(self) -> Sequence[Watch]:
        """All watches."""
        ...

    def put(self, watch: Watch) -> Watch:
        """Changes a watch, and returns it as it is kept."""
        ...


class Desk:
    """Serves one bot.

    Args:
        api: The bot.
        links: Makes and checks the tokens of links.
    """

    def __init__(self, api: BotApi, links: Links) -> None:
        self._api = api
        self._links = links
        self._next: int | None = None

    def link(self, watch: Watch, lifetime: timedelta = LIFETIME, *, group: bool = False) -> str:
        """A link that makes one chat hear of a watch; with ``group``, a group that the person chooses.

        Raises:
            TransientError: Telegram does not tell the bot's name.
            ConfigError: It does not know the bot.
        """
        me = self._api.ask("getMe")
        name = me.get("username") if isinstance(me, dict) else None
        if not name:
            raise ConfigError(
                "Telegram does not tell the name of the bot; correct api_url in [plugin.telegram]."
            )
        return (
            f"https://t.me/{name}?{'startgroup' if group else 'start'}={self._links.token(watch, lifetime)}"
        )

    def take_all(self, watches: Watches) -> list[Next]:
        """Answers everything that waits. Nothing follows."""
        while self.take(watches):
            pass
        return []

    def take(self, watches: Watches, wait_s: int = 0) -> int:
        """Answers what waits, at most a hundred messages, and returns how many they were.

        A message is read again until the next call says that it was dealt with: reading it twice does no harm.

        Args:
            watches: Where links take effect.
            wait_s: How long Telegram waits for a message when there is none.

        Raises:
            TransientError: Telegram or the store does not answer, or another process is reading.
        """
        updates = self._api.ask(
            "getUpdates", wait_s=wait_s, timeout=wait_s, offset=self._next, allowed_updates=["message"]
        )
        for update in updates:
            self._serve(watches, update.get("message") or {})
            self._next = int(update["update_id"]) + 1
        return len(updates)

    def _serve(self, watches: Watches, message: dict[str, Any]) -> None:
        chat, text = message.get("chat") or {}, message.get("text")
        if not isinstance(chat.get("id"), int) or not isinstance(text, str):
            return
        answer = self._answer(watches, chat["id"], text, is_private=chat.get("type") == "private")
        if answer is None:
            return
        try:
            self._api.send("sendMessage", repeatable=False, chat_id=chat["id"], text=answer)
        except BackfinError as error:
            log.warning("a chat was not answered: %s", error)

    def _answer(self, watches: Watches, chat: int, text: str, *, is_private: bool) -> str | None:
        found = _COMMAND.fullmatch(text)
        name = found["name"].lower() if found else ""
        if found and name == "start" and found["token"]:
            return self._join(watches, chat, found["token"])
        if not is_private:
            # In a group anybody may write; who leads it can remove the bot.
            return None
        return self._leave(watches, chat) if name == "stop" else HELP

    def _join(self, watches: Watches, chat: int, token: str) -> str:
        named = self._links.read(token)
        watch = watches.get(named.watch_id) if named else None
        if watch is None:
            return DEAD
        is_in = any(is_of(chat, address) for address in watch.addresses)
        if not is_in:
            if not self._links.fits(token, watch):
                return DEAD
            watches.put(watch.model_copy(update={"addresses": (*watch.addresses, address_of(chat))}))
            log.info("watch %s tells one more chat", watch.watch_id)
        return f"This chat hears of “{_shown(watch)}”. /stop ends it."

    def _leave(self, watches: Watches, chat: int) -> str:
        left = []
        for watch in watches.list():
            kept = tuple(address for address in watch.addresses if not is_of(chat, address))
            if kept != watch.addresses:
                watches.put(watch.model_copy(update={"addresses": kept}))
                log.info("watch %s tells one chat less", watch.watch_id)
                left.append(_shown(watch))
        return f"This chat hears no more of: {', '.join(left)}." if left else "This chat hears of nothing."


def _shown(watch: Watch) -> str:
    return fit(one_line(watch.name), _NAME_CHARS)
