"""A server that speaks the Bot API over a real socket, strictly: what Telegram would refuse, it refuses."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from html import unescape
from typing import Any

from backfin.testing import LocalServer, Reply, Request

TOKEN = "123456:AAF-test_secret_of_the_bot"
TAGS = {"b", "i", "a", "u", "s", "code", "pre", "blockquote"}

#: An answer: status and body. ``None`` as a body closes the connection without one.
Answer = tuple[int, Any]
#: Looks at a call before it is served and may answer in its place.
Fault = Callable[["BotServer", str, dict[str, Any]], Answer | None]


def refusal(status: int, description: str, **parameters: Any) -> Answer:
    """A refusal in Telegram's form."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return status, body | ({"parameters": parameters} if parameters else {})


def parsed(html: str) -> str:
    """The text of a message, or ``ValueError`` where Telegram's parser would refuse the markup."""
    open_tags: list[str] = []
    text = ""
    for piece in re.split(r"(<[^>]*>)", html):
        tag = re.fullmatch(r"<(/?)([a-z]+)(?: href=\"([^\"<>]*)\")?>", piece)
        if tag is None:
            if "<" in piece or ">" in piece or re.search(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);)", piece):
                raise ValueError(piece)
            text += unescape(piece)
        elif tag[2] not in TAGS or (tag[1] and (not open_tags or open_tags.pop() != tag[2])):
            raise ValueError(piece)
        elif not tag[1]:
            open_tags.append(tag[2])
    if open_tags:
        raise ValueError(f"<{open_tags[-1]}> is not closed")
    return text


def units(text: str) -> int:
    """UTF-16 units."""
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


class BotServer(LocalServer):
    """The Bot API. What is wrong with chats, and with the next calls, may change at any time.

    Attributes:
        messages: What each (chat, message id) shows now, in order of sending.
        calls: Every call that came in, as (method, parameters).
        faults: Asked for each call, the first one first; one that answers is used up.
        unknown: Chats it does not know. blocked: chats that blocked the bot. moved: chats that have another id.
    """

    def __init__(self, *, blocked: Iterable[Any] = ()) -> None:
        super().__init__(self._answer)
        self.messages: dict[tuple[Any, int], str] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[Fault] = []
        self.unknown: set[Any] = set()
        self.blocked = set(blocked)
        self.moved: dict[Any, Any] = {}
        self.updates: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._updates = 0

    @property
    def texts(self) -> list[str]:
        """The text of every message as it stands."""
        return [parsed(html) for html in self.messages.values()]

    def methods(self) -> list[str]:
        """The names of all calls."""
        return [method for method, _ in self.calls]

    def say(self, chat: int, text: str, kind: str = "private") -> None:
        """Somebody writes to the bot."""
        self._updates += 1
        message = {"message_id": self._updates, "chat": {"id": chat, "type": kind}, "text": text}
        self.updates.append({"update_id": self._updates, "message": message})

    def _answer(self, request: Request) -> Reply:
        status, body = self._result(request.path, request.json() if request.body else {})
        if body is None:
            return Reply(ending="silent")
        return Reply(status, body) if isinstance(body, bytes) else Reply.of(body, status)

    def _result(self, path: str, parameters: dict[str, Any]) -> Answer:
        found = re.fullmatch(r"/bot([^/]+)/(\w+)", path)
        if found is None or found[1] != TOKEN:
            return refusal(401, "Unauthorized")
        with self._lock:
            self.calls.append((found[2], parameters))
            fault = self.faults.pop(0) if self.faults else None
        answer = fault(self, found[2], parameters) if fault else None
        with self._lock:
            return answer or self.serve(found[2], parameters)

    def serve(self, method: str, given: dict[str, Any]) -> Answer:
        """What a call gets when nothing is wrong with the line."""
        serving = {
            "getMe": lambda: (
                200,
                {"ok": True, "result": {"id": 123456, "is_bot": True, "username": "a_bot"}},
            ),
            "getUpdates": lambda: self._get_updates(given),
            "sendMessage": lambda: self._send(given),
            "editMessageText": lambda: self._edit(given),
        }
        return serving[method]() if method in serving else refusal(404, "Not Found: method not found")

    def _get_updates(self, given: dict[str, Any]) -> Answer:
        first = given.get("offset", 0)
        self.updates = [one for one in self.updates if one["update_id"] >= first]
        return 200, {"ok": True, "result": self.updates[: given.get("limit", 100)]}

    def _refused(self, given: dict[str, Any]) -> Answer | None:
        chat, text = given["chat_id"], given["text"]
        if chat in self.moved:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            return refusal(400, said, migrate_to_chat_id=self.moved[chat])
        if chat in self.unknown:
            return refusal(400, "Bad Request: chat not found")
        if chat in self.blocked:
            return refusal(403, "Forbidden: bot was blocked by the user")
        try:
            shown = parsed(text) if given.get("parse_mode") == "HTML" else text
        except ValueError as error:
            return refusal(400, f"Bad Request: can't parse entities: {error}")
        if not shown.strip():
            return refusal(400, "Bad Request: message text is empty")
        return refusal(400, "Bad Request: message is too long") if units(shown) > 4096 else None

    def _send(self, given: dict[str, Any]) -> Answer:
        refused = self._refused(given)
        return refused or self._taken(given["chat_id"], len(self.messages) + 1, given["text"])

    def _edit(self, given: dict[str, Any]) -> Answer:
        key = (given["chat_id"], given["message_id"])
        refused = self._refused(given)
        if refused:
            return refused
        if key not in self.messages:
            return refusal(400, "Bad Request: message to edit not found")
        if self.messages[key] == given["text"]:
            return refusal(
                400, "Bad Request: message is not modified: specified new message content is the same"
            )
        return self._taken(*key, given["text"])

    def _taken(self, chat: Any, number: int, text: str) -> Answer:
        self.messages[chat, number] = text
        message = {"message_id": number, "chat": {"id": chat, "type": "private"}, "date": int(time.time())}
        return 200, {"ok": True, "result": message}


def refuses(status: int, description: str = "Sorry", **parameters: Any) -> Fault:
    """A fault: the call is refused and nothing is done."""
    return lambda server, method, given: refusal(status, description, **parameters)


def stalls(seconds: float) -> Fault:
    """A fault: the call is done, and the answer comes too late."""

    def fault(server: BotServer, method: str, given: dict[str, Any]) -> Answer:
        answer = server.serve(method, given)
        server.wait(seconds)
        return answer

    return fault


def hangs_up(server: BotServer, method: str, given: dict[str, Any]) -> Answer:
    """A fault: the call is done, and the connection breaks before the answer."""
    server.serve(method, given)
    return 0, None
