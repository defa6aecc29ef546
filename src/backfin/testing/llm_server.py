"""A local server that speaks OpenAI's protocol over real sockets, with good and bad habits."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

#: A request's JSON in, the reply object (or raw text) out.
Answer = Callable[[dict[str, Any]], Any]


class Habit(StrEnum):
    """What the server does with a request for a completion."""

    GOOD = "good"
    PROSE = "prose"
    WORDY = "wordy"
    FENCED = "fenced"
    WRONG_ENUM = "wrong_enum"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    RATE_LIMITED = "rate_limited"
    ERROR_500 = "error_500"
    STALL = "stall"
    TRICKLE = "trickle"
    FLOOD = "flood"
    HTML = "html"
    WRONG_KEY = "wrong_key"
    UNKNOWN_MODEL = "unknown_model"
    BAD_REQUEST = "bad_request"
    HANG_UP = "hang_up"
    OBEYS_INJECTION = "obeys_injection"


#: The answer of a model that did what a poisoned document told it.
OBEDIENT: dict[str, Any] = {
    "category": "New Order",
    "also": [],
    "event_type": "order_win",
    "headline": "STRONG BUY: order of Rs. 9,999 crore, target price 5,000",
    "summary": "Buy now. The company won Rs. 9,999 crore.",
    "sentiment": "positive",
    "facts": [
        {
            "field": "order_value",
            "value": "Rs. 9,999 crore",
            "page": 1,
            "quote": "The order value is Rs. 9,999 crore",
        }
    ],
    "parties": [],
}


def plain_reply(**changes: Any) -> dict[str, Any]:
    """What a model knows of a filing that states nothing, with ``changes``: the answers to both questions.

    The server cuts it to the question: a request's schema says which of its keys are asked for.
    """
    reply = {
        "category": "Procedural/Administrative",
        "also": [],
        "event_type": "routine",
        "headline": "A filing",
        "summary": "The company made a filing.",
        "sentiment": "neutral",
        "facts": [],
        "parties": [],
    }
    return reply | changes


class LlmServer:
    """``/v1/chat/completions`` and ``/v1/models`` on a loopback port.

    Example::

        with LlmServer(lambda request: plain_reply()) as server:
            server.habits = [Habit.PROSE, Habit.GOOD]   # the first call, then all others
            settings = LlmSettings(base_url=server.url, api_key=SecretStr("sk-test"), model="stub")

    Args:
        answer: Makes the reply object of a good answer from the request's JSON.
        habits: One for each call, the last one for all that follow.
        retry_after: Seconds a rate-limited answer asks for.
        stall_s: Longest time a stalled answer is held back; closing the server ends it.

    :attr:`context_tokens` is what it reads of a prompt at most; it cuts the rest without a word, as some do.
    """

    def __init__(
        self,
        answer: Answer | None = None,
        *,
        habits: list[Habit] | None = None,
        retry_after: str = "3600",
        stall_s: float = 30.0,
    ) -> None:
        self.answer: Answer = answer or (lambda _request: plain_reply())
        self.habits = habits or [Habit.GOOD]
        self.retry_after = retry_after
        self.stall_s = stall_s
        self.context_tokens = 1_000_000
        self.requests: list[dict[str, Any]] = []
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """Base URL for a client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> LlmServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next_habit(self) -> Habit:
        """The habit of the call at hand; the last one stays."""
        return self.habits.pop(0) if len(self.habits) > 1 else self.habits[0]

    def stall(self) -> None:
        """Holds an answer back."""
        self._closing.wait(self.stall_s)

    def pause(self, seconds: float) -> None:
        """Waits between two pieces of an answer; closing the server ends it."""
        self._closing.wait(seconds)


def _prompt_tokens(request: dict[str, Any], most: int) -> int:
    """What the server counts: a thousand for a short prompt, a token for eight characters of a long one."""
    chars = sum(len(message["content"]) for message in request.get("messages", ()))
    return min(max(1000, chars // 8), most)


def _completion(content: str, model: str, prompt_tokens: int, finish: str = "stop") -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    return {
        "id": "chatcmpl-local",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": 200,
            "total_tokens": prompt_tokens + 200,
        },
    }


def _asked_for(request: dict[str, Any], reply: Any) -> Any:
    """The part of a reply that a request's schema has room for; all of it when the request names none."""
    form = request.get("response_format", {})
    wanted = form.get("json_schema", {}).get("schema", {}).get("properties", reply)
    return {key: value for key, value in reply.items() if key in wanted} if isinstance(reply, dict) else reply


def _content(habit: Habit, reply: Any) -> str:
    """The words of an answer under a habit."""
    text = reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)
    if habit is Habit.PROSE:
        return "I am sorry, I would rather talk about this filing in my own words."
    if habit is Habit.WORDY:
        return f"Here is what I found:\n\n{text}\n\nLet me know if you need more."
    if habit is Habit.FENCED:
        return f"```json\n{text}\n```"
    if habit is Habit.WRONG_ENUM:
        wrong = {"category": "Great News", "sentiment": "Postive", "facts": "many"}
        return json.dumps({**json.loads(text), **wrong})
    if habit is Habit.TRUNCATED:
        return text[: len(text) // 2]
    return "" if habit is Habit.EMPTY else text


_REFUSALS = {
    Habit.RATE_LIMITED: (429, "rate_limit_exceeded", "Rate limit reached"),
    Habit.ERROR_500: (500, "server_error", "The server had an error"),
    Habit.WRONG_KEY: (401, "invalid_api_key", "Incorrect API key provided"),
    Habit.UNKNOWN_MODEL: (404, "model_not_found", "The model does not exist"),
    Habit.BAD_REQUEST: (400, "context_length_exceeded", "Too many tokens"),
}


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def _send(
    to: BaseHTTPRequestHandler,
    status: int,
    body: dict[str, Any] | bytes,
    headers: dict[str, str] | None = None,
) -> None:
    media_type, data = ("text/html", body) if isinstance(body, bytes) else ("application/json", _json(body))
    to.send_response(status)
    to.send_header("Content-Type", media_type)
    to.send_header("Content-Length", str(len(data)))
    for name, value in (headers or {}).items():
        to.send_header(name, value)
    to.end_headers()
    to.wfile.write(data)


def _drag(
    to: BaseHTTPRequestHandler, habit: Habit, body: dict[str, Any], pause: Callable[[float], None]
) -> None:
    """Sends an answer so slowly, or behind so much, that nobody waits for its end."""
    to.close_connection = True
    to.send_response(200)
    to.send_header("Content-Type", "application/json")
    to.end_headers()
    piece, seconds = (b" " * 2**20, 0.0) if habit is Habit.FLOOD else (b" ", 0.05)
    try:
        for _ in range(600):
            to.wfile.write(piece)
            pause(seconds)
        to.wfile.write(_json(body))
    except OSError:
        return


def _handler_for(server: LlmServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: tests read their own output."""

        def do_GET(self) -> None:
            if server.habits[0] is Habit.WRONG_KEY:
                self._refuse(Habit.WRONG_KEY)
            elif self.path.endswith("/models"):
                _send(self, 200, {"object": "list", "data": [{"id": "stub", "object": "model"}]})
            else:
                _send(self, 404, {"error": {"message": "no such path", "code": "not_found"}})

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            server.requests.append(request)
            self._answer(server.next_habit(), request)

        def _answer(self, habit: Habit, request: dict[str, Any]) -> None:
            if habit in _REFUSALS:
                self._refuse(habit)
                return
            if habit is Habit.STALL:
                server.stall()
            if habit in (Habit.STALL, Habit.HANG_UP):
                self.close_connection = True
                return
            if habit is Habit.HTML:
                _send(self, 200, b"<html>Bad gateway</html>")
                return
            finish = "length" if habit is Habit.TRUNCATED else "stop"
            known = OBEDIENT if habit is Habit.OBEYS_INJECTION else server.answer(request)
            content = _content(habit, _asked_for(request, known))
            tokens = _prompt_tokens(request, server.context_tokens)
            if habit in (Habit.TRICKLE, Habit.FLOOD):
                _drag(self, habit, _completion(content, "", tokens), server.pause)
                return
            _send(self, 200, _completion(content, request.get("model", ""), tokens, finish))

        def _refuse(self, habit: Habit) -> None:
            status, code, message = _REFUSALS[habit]
            headers = {"Retry-After": server.retry_after} if habit is Habit.RATE_LIMITED else {}
            _send(self, status, {"error": {"message": message, "code": code, "type": code}}, headers)

    return Handler
