"""Requests carried by ``curl_cffi``: HTTP/2, with the handshake of a browser. Needs ``backfin-nse[curl]``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from backfin.errors import ConfigError
from backfin.exchanges import EgressGuard
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPHeaderDict, HTTPResponse

try:
    from curl_cffi import CurlOpt
    from curl_cffi import requests as curl
except ImportError as error:
    raise ConfigError(
        "exchanges.nse.transport is curl, which needs curl_cffi; install backfin-nse[curl]."
    ) from error

#: Whose handshake is shown.
BROWSER = "chrome"


class CurlTransport(BaseAdapter):
    """Sends requests to addresses the guard permits, one connection at a time.

    Args:
        guard: Decides which hosts may be reached; connections go to the address it has checked.
    """

    def __init__(self, guard: EgressGuard) -> None:
        super().__init__()
        self._guard = guard

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, stream: bool = False, timeout: Any = None, **more: Any
    ) -> requests.Response:
        """Sends one request. Redirects are not followed, proxies and the environment are ignored."""
        url = str(request.url)
        session: Any = curl.Session(impersonate=BROWSER, trust_env=False, curl_options=self._pinned(url))
        try:
            answer = session.request(
                request.method,
                url,
                headers=dict(request.headers),
                stream=True,
                allow_redirects=False,
                timeout=timeout,
            )
        except curl.exceptions.Timeout as error:
            session.close()
            raise requests.exceptions.ReadTimeout(error, request=request) from error
        except curl.exceptions.RequestException as error:
            session.close()
            raise requests.exceptions.ConnectionError(error, request=request) from error
        return _as_response(answer, session, request)

    def close(self) -> None:
        """Nothing stays open between two requests."""

    def _pinned(self, url: str) -> dict[Any, Any]:
        """Makes curl connect to a checked address, whatever the name resolves to a moment later."""
        self._guard.check_url(url)
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            address = self._guard.addresses(host, port)[0]
        except OSError as error:
            raise requests.exceptions.ConnectionError(error) from error
        return {CurlOpt.RESOLVE: [f"{host}:{port}:{address}"]}


def _as_response(answer: Any, session: Any, request: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status_code
    response.url = str(request.url)
    response.request = request
    # curl has unpacked the body already.
    headers = [pair for pair in answer.headers.multi_items() if pair[0].lower() not in _OF_THE_BODY]
    response.headers = CaseInsensitiveDict(headers)
    body = io.BufferedReader(_Body(answer, session))
    response.raw = HTTPResponse(
        body, headers=HTTPHeaderDict(headers), status=answer.status_code, preload_content=False
    )
    return response


_OF_THE_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class _Body(io.RawIOBase):
    """The pieces of an answer as a file."""

    def __init__(self, answer: Any, session: Any) -> None:
        self._answer, self._session = answer, session
        self._pieces: Iterator[bytes] = answer.iter_content()
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            try:
                self._rest = next(self._pieces)
            except StopIteration:
                return 0
            except curl.exceptions.RequestException as error:
                raise ConnectionResetError(str(error)) from error
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            self._answer.close()
            self._session.close()
        super().close()
