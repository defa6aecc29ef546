"""One polite HTTP client: it waits its turn, follows no redirect, and turns every failure into a typed error.

Every error carries the fact ``fault``, a short name of what went wrong: ``timeout``, ``reset``,
``connection``, ``truncated``, ``redirect``, ``block_page``, ``rate_limited``, ``error_500``, …
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import DecodeError, HTTPError

from backfin.egress import Transport, guarded_session
from backfin.errors import ExchangeUnavailable, RateLimited, TransientError, UnreadableDocument
from backfin.http_faults import check_status, translated
from backfin.interfaces import Pacer
from backfin.tracing import span

#: Largest answer that is read into memory, in bytes.
MAX_ANSWER_BYTES = 64 * 1024 * 1024

#: Longest time one answer may take in all, as a multiple of the time-out.
PATIENCE = 20

_CHUNK_BYTES = 64 * 1024


_listener: ContextVar[Callable[[bytes], object] | None] = ContextVar("_listener", default=None)


@contextmanager
def listening(heard: Callable[[bytes], object]) -> Iterator[None]:
    """Hands the bytes of every answer that this thread fetches within the block to ``heard``, as they came."""
    token = _listener.set(heard)
    try:
        yield
    finally:
        _listener.reset(token)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with status 200."""

    url: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class SavedFile:
    """An answer with status 200, saved to a temporary file that the caller deletes."""

    url: str
    path: Path
    size_bytes: int


class PoliteSession:
    """Asks one exchange, from any thread, one request after another.

    Args:
        pacer: Shares turns and cool-downs with everyone else who asks the same host.
        interval_s: Seconds between two requests to one host.
        cooldown_s: Seconds to stay away after a block that states no time of its own.
        timeout_s: Seconds to wait for an answer, and between two pieces of it.
        headers: The whole header set of every request.
        allow: Hosts that may be reached although they are private.
        block_grace_s: Block pages over a shorter time than this count as one.
        transport: Makes what carries the requests, given the guard whose word decides where they may go.
    """

    def __init__(
        self,
        pacer: Pacer,
        *,
        interval_s: float,
        cooldown_s: float,
        timeout_s: float,
        headers: Mapping[str, str],
        allow: Sequence[str] = (),
        block_grace_s: float = 0.5,
        transport: Transport | None = None,
    ) -> None:
        self._pacer = pacer
        self._interval_s = interval_s
        self._cooldown_s = cooldown_s
        self._timeout_s = timeout_s
        self._block_grace_s = block_grace_s
        self._session = guarded_session(allow, transport)
        self._session.headers.clear()
        self._session.headers.update(headers)
        self._lock = threading.Lock()
        self._healthy: set[str] = set()
        self._blocked_since: dict[str, float] = {}

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Fetches a whole answer of at most 64 MiB; with ``form``, by sending in the form of a page.

        Raises:
            ExchangeUnavailable, RateLimited: Trying again can help.
            SourceChanged: The server does not know the address.
            EgressRefused: The address must not be reached.
        """
        with self._asked(url, params, headers, form=form) as response:
            content = b"".join(self._chunks(response, MAX_ANSWER_BYTES))
            heard = _listener.get()
            if heard is not None:
                heard(content)
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Answer(url=str(response.url), content=content, media_type=media_type)

    def download(self, url: str, *, max_bytes: int, headers: Mapping[str, str] | None = None) -> SavedFile:
        """Streams an answer into a temporary file that the caller deletes.

        Raises:
            AttachmentGone: The server says there is no such file.
            UnreadableDocument: It is larger than ``max_bytes``; ``reason`` is ``too_large``.
            ExchangeUnavailable, RateLimited: Trying again can help.
            EgressRefused: The address must not be reached.
        """
        with self._asked(url, None, headers, is_file=True) as response, _temporary_file() as file:
            size = 0
            for chunk in self._chunks(response, max_bytes):
                size += file.write(chunk)
            return SavedFile(url=url, path=Path(file.name), size_bytes=size)

    def visit(self, url: str, *, headers: Mapping[str, str] | None = None) -> dict[str, str]:
        """Opens a page for the cookies it sets, whatever its status: some say no and set them all the same.

        Raises:
            ExchangeUnavailable: There was no answer.
            RateLimited: The host is in a cool-down.
            EgressRefused: The address must not be reached.
        """
        try:
            with self._answered(url, None, headers) as response:
                set_by_page = (line.partition(";")[0] for line in response.raw.headers.getlist("Set-Cookie"))
                pairs = (pair.partition("=") for pair in set_by_page)
                return {name.strip(): value.strip() for name, _, value in pairs if value.strip()}
        except requests.RequestException as error:
            raise translated(error, url) from error

    def accepted(self, url: str) -> None:
        """Tells that an answer was usable, which ends the counting of failures of its host."""
        host = _host(url)
        with self._lock:
            was_healthy = host in self._healthy
            self._healthy.add(host)
            self._blocked_since.pop(host, None)
        if not was_healthy:
            self._pacer.recovered(host)

    def stay_away(self, url: str, *, why: str) -> None:
        """Opens a cool-down for the host of ``url``."""
        self._pacer.cool_down(_host(url), self._cooldown_s, why=why)

    def close(self) -> None:
        """Closes all connections."""
        self._session.close()

    @contextmanager
    def _asked(
        self,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        *,
        form: Mapping[str, str] | None = None,
        is_file: bool = False,
    ) -> Iterator[requests.Response]:
        host = _host(url)
        kind = "POST" if form else "GET"
        try:
            with (
                span(f"{kind} {host}", **{"http.request.method": kind, "server.address": host}),
                self._answered(url, params, headers, form) as response,
            ):
                check_status(response, cooldown_s=self._cooldown_s, is_file=is_file)
                yield response
        except requests.RequestException as error:
            self._count_trouble(host)
            raise translated(error, url) from error
        except TransientError as error:
            self._note_trouble(host, error)
            raise

    def _answered(
        self,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        form: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer of one request, once its turn has come; its body is not read yet."""
        self._pacer.wait(_host(url), self._interval_s)
        return self._session.request(
            "GET" if form is None else "POST",
            url,
            params=params,
            data=form,
            headers=headers,
            stream=True,
            allow_redirects=False,
            timeout=(min(self._timeout_s, 10.0), self._timeout_s),
        )

    def _note_trouble(self, host: str, error: TransientError) -> None:
        """Opens the cool-down that an answer asks for.

        A lone block page happens on a healthy line, so it is an ordinary failure, tried again after seconds;
        one that comes when nothing usable came since an earlier one, or since a cool-down, closes the host.
        """
        fault = error.facts.get("fault")
        is_blocked_still = self._count_trouble(host, is_block=fault in ("block_page", "cool_down"))
        if fault == "rate_limited" and isinstance(error, RateLimited):
            self._pacer.cool_down(host, error.facts["delay"], why=error.sentence)
        elif fault == "block_page" and is_blocked_still:
            self._pacer.cool_down(host, self._cooldown_s, why=error.sentence)
            raise RateLimited(
                f"{host} blocks us; staying away for {self._cooldown_s:.0f} s or more.",
                delay=self._cooldown_s,
                **error.facts,
            ) from error

    def _count_trouble(self, host: str, *, is_block: bool = False) -> bool:
        """Notes a failure; returns whether blocks have lasted for the grace time with nothing usable between."""
        with self._lock:
            self._healthy.discard(host)
            if not is_block:
                return False
            now = time.monotonic()
            return now - self._blocked_since.setdefault(host, now) >= self._block_grace_s

    def _chunks(self, response: requests.Response, max_bytes: int) -> Iterator[bytes]:
        """Yields an answer piece by piece, never more than ``max_bytes``, never for longer than the limit."""
        end = time.monotonic() + PATIENCE * self._timeout_s
        size = 0
        announced = response.headers.get("Content-Length", "")
        _refuse_larger(int(announced) if announced.isdecimal() else 0, max_bytes, str(response.url))
        for chunk in _as_it_comes(response):
            size += len(chunk)
            _refuse_larger(size, max_bytes, str(response.url))
            if time.monotonic() > end:
                raise ExchangeUnavailable(
                    "The answer trickled in too slowly; try again later.",
                    url=str(response.url),
                    fault="timeout",
                )
            yield chunk


def _as_it_comes(response: requests.Response) -> Iterator[bytes]:
    """Yields what has arrived, unpacked: waiting for whole chunks would let a trickle go on for ever."""
    try:
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            yield chunk
    except DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from error
    except HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from error


def _refuse_larger(size: int, max_bytes: int, url: str) -> None:
    if size > max_bytes:
        raise UnreadableDocument(
            f"The file is larger than {max_bytes} bytes; raise max_attachment_bytes to have it read.",
            reason="too_large",
            url=url,
            size_bytes=size,
        )


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


@contextmanager
def _temporary_file() -> Iterator[IO[bytes]]:
    """A file that stays when the block ends well and goes when it fails."""
    with ExitStack() as on_failure:
        with tempfile.NamedTemporaryFile(prefix="backfin-", delete=False) as file:
            on_failure.callback(Path(file.name).unlink, missing_ok=True)
            yield file
        on_failure.pop_all()
