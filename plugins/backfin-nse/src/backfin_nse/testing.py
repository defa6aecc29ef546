"""An NSE on this machine: speaks its protocol over real sockets, with its habits and on demand its faults.

Example::

    with NseServer({"equities": rows}, {"A.pdf": b"%PDF-…"}, needs_cookie=True) as server:
        settings = NseSettings(api_url=server.api_url, files_url=server.files_url)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import brotli
from backfin.testing import LocalServer, Reply, Request

from backfin_nse.testing_site import Site

#: What can happen to a request for announcements.
FAULTS = (
    "block_page",
    "refused",
    "html_200",
    "reset",
    "truncated",
    "empty_body",
    "empty_object",
    "no_data",
    "empty_list",
    "newest_only",
    "error_500",
    "rate_limited",
)


class NseServer(LocalServer):
    """NSE on a loopback port, from ``with`` to its end.

    Args:
        rows: Segment → its raw rows; they are shown by falling ``seq_id``, which is not the order of time.
        files: Attachments by name.
        lists: Other files by path, e.g. ``/content/equities/EQUITY_L.csv``.
        needs_cookie: Whether the API insists on a cookie of the page it belongs to. The page itself answers 403.

    :attr:`faults` happen to the next questions for announcements, one each.
    """

    def __init__(
        self,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        files: Mapping[str, bytes] | None = None,
        lists: Mapping[str, bytes] | None = None,
        *,
        needs_cookie: bool = False,
    ) -> None:
        super().__init__(self._answer)
        self.site = Site(rows, files or {}, lists or {})
        self.needs_cookie = needs_cookie
        self.faults: deque[str] = deque()
        self.is_blocked = False
        self._cookie = 1

    @property
    def api_url(self) -> str:
        """Value for ``BACKFIN_EXCHANGES__NSE__API_URL``."""
        return f"{self.url}/api"

    @property
    def files_url(self) -> str:
        """Value for ``BACKFIN_EXCHANGES__NSE__FILES_URL``; another host, as at NSE."""
        return f"http://localhost:{self.port}"

    def spoil_cookies(self) -> None:
        """Makes every cookie given so far a stale one: who sends it is hung up on."""
        self._cookie += 1

    def _answer(self, request: Request) -> Reply:
        reply = self._reply(request.path, request.params, request.headers.get("cookie", ""))
        is_packed = "br" in request.headers.get("accept-encoding", "") and "json" in reply.media_type
        if not is_packed or not isinstance(reply.body, bytes) or not reply.body:
            return reply
        headers = {**reply.headers, "Content-Encoding": "br"}
        return replace(reply, body=brotli.compress(reply.body), headers=headers)

    def _reply(self, path: str, params: Mapping[str, str], cookie: str) -> Reply:
        if not path.startswith("/api/"):
            return self.site.reply(path, {"Set-Cookie": f"nsit={self._cookie}; Path=/"})
        if self.is_blocked:
            return self.site.spoilt("block_page", params)
        if self.needs_cookie and cookie != f"nsit={self._cookie}":
            return self.site.spoilt("reset" if cookie else "refused", params)
        if self.faults:
            return self.site.spoilt(self.faults.popleft(), params)
        return self.site.announcements(params)
