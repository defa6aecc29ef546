"""Questions to an exchange, with cookies only where it insists on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from backfin.errors import ExchangeUnavailable, SourceChanged
from backfin.exchanges import Patience, PoliteSession

from backfin_deals.answers import Answer, read_table

T = TypeVar("T")

#: Faults that mean "not without the right cookies", and those that cookies which have become stale cause.
_REFUSALS = frozenset({"block_page", "refused", "html_200"})
_STALE = _REFUSALS | {"reset", "connection", "truncated"}


def api_headers(user_agent: str, site: str) -> dict[str, str]:
    """The whole header set: an incomplete one is answered with block pages now and then."""
    return {
        "User-Agent": user_agent,
        "Accept": "application/json, text/plain, */*",
        "Accept-Language": "en-IN,en;q=0.9",
        "Accept-Encoding": "gzip, deflate, br",
        "Origin": site,
        "Referer": f"{site}/",
        "Sec-Fetch-Dest": "empty",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "same-site",
        "Connection": "keep-alive",
    }


def site_of(url: str) -> str:
    """Scheme and host of an address.

    >>> site_of("https://www.nseindia.com/api")
    'https://www.nseindia.com'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Client:
    """Asks one exchange. Safe to share between threads.

    Args:
        http: The polite session that carries the requests.
        patience: How often an odd answer is asked for again.
        sender: Whom errors name.
        page: The page whose cookies the exchange wants to see where it refuses; ``None`` where it wants none.
    """

    def __init__(self, http: PoliteSession, patience: Patience, sender: str, page: str | None = None) -> None:
        self._http = http
        self._patience = patience
        self._page = page
        self._cookies: dict[str, str] = {}
        self.sender = sender

    def table(self, url: str, params: Mapping[str, str], faults: list[str]) -> Answer:
        """Asks for rows in JSON; the faults met on the way are added to ``faults``.

        Raises:
            ExchangeUnavailable: No usable answer after all tries.
            RateLimited, SourceChanged: As the session and :func:`backfin_deals.answers.read_table`.
        """
        return self.read(url, lambda content: read_table(content, self.sender), faults, params=params)

    def read(
        self,
        url: str,
        reader: Callable[[bytes], T],
        faults: list[str],
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        tries: int | None = None,
    ) -> T:
        """Asks for anything, and reads it.

        Args:
            url: The address.
            reader: Reads the answer's bytes.
            faults: Receives the names of failures.
            params: What stands behind the question mark.
            form: The form of a page, which is sent in.
            tries: Fewer requests than usual.
        """
        return self._patience.insist(
            lambda: self._insisting(url, params, form, reader, faults), faults, tries=tries
        )

    def pause(self) -> None:
        """Waits a moment before the same question is put again."""
        self._patience.pause()

    def _insisting(
        self,
        url: str,
        params: Mapping[str, str] | None,
        form: Mapping[str, str] | None,
        reader: Callable[[bytes], T],
        faults: list[str],
    ) -> T:
        """One question; where it is refused, once more with fresh cookies."""
        had_cookies = bool(self._cookies)
        try:
            return self._asked(url, params, form, reader)
        except ExchangeUnavailable as error:
            fault = error.facts.get("fault")
            if self._page is None or fault not in (_STALE if had_cookies else _REFUSALS):
                raise
            faults.append(str(fault))
        self._cookies = {}
        self._cookies = self._http.visit(
            self._page, headers={"Accept": "text/html,*/*", "Sec-Fetch-Mode": "navigate"}
        )
        try:
            return self._asked(url, params, form, reader)
        except ExchangeUnavailable:
            self._cookies = {}
            raise

    def _asked(
        self,
        url: str,
        params: Mapping[str, str] | None,
        form: Mapping[str, str] | None,
        reader: Callable[[bytes], T],
    ) -> T:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        try:
            answer = self._http.get(url, params=params, form=form, headers=headers)
        except SourceChanged as error:
            if error.facts.get("status") != 401:
                raise
            facts = {**error.facts, "fault": "refused"}
            raise ExchangeUnavailable(
                f"{self.sender} refuses us without valid cookies; it is asked again later.", **facts
            ) from error
        found = reader(answer.content)
        self._http.accepted(url)
        return found
