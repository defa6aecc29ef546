"""Questions to an exchange as its own site asks them, with cookies only where it insists on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from backfin.errors import ExchangeUnavailable, SourceChanged
from backfin.exchanges.patience import Patience
from backfin.http import PoliteSession

T = TypeVar("T")

#: Faults that mean "not without the right cookies", and those that cookies which have become stale cause.
_REFUSALS = frozenset({"block_page", "refused", "html_200"})
_STALE = _REFUSALS | {"reset", "connection", "truncated"}


def site_of(url: str) -> str:
    """Scheme and host of an address.

    >>> site_of("https://www.nseindia.com/api")
    'https://www.nseindia.com'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def api_headers(
    user_agent: str, page: str, api_url: str, *, encodings: str = "gzip, deflate"
) -> dict[str, str]:
    """What a browser sends when a page of a site asks an API.

    The whole set: an incomplete one is answered with block pages now and then.

    Args:
        user_agent: How requests introduce themselves.
        page: Address of the page that asks.
        api_url: Address of the API; another host than the page's is told where the question comes from.
        encodings: How answers may be packed; ``br`` needs the package ``brotli``.
    """
    is_same = site_of(page) == site_of(api_url)
    return {
        "User-Agent": user_agent,
        "Accept": "application/json, text/plain, */*",
        "Accept-Language": "en-IN,en;q=0.9",
        "Accept-Encoding": encodings,
        **({} if is_same else {"Origin": site_of(page)}),
        "Referer": page,
        "Sec-Fetch-Dest": "empty",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "same-origin" if is_same else "same-site",
        "Connection": "keep-alive",
    }


@dataclass(frozen=True, slots=True)
class _Question:
    url: str
    params: Mapping[str, str] | None
    form: Mapping[str, str] | None


class PoliteClient:
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
        """Asks until there is a usable answer, and reads it.

        Args:
            url: The address.
            reader: Reads the answer's bytes; raises ``ExchangeUnavailable`` where they are no usable answer.
            faults: Receives the names of failures met on the way.
            params: What stands behind the question mark.
            form: The form of a page, which is sent in.
            tries: Fewer requests than usual.

        Raises:
            ExchangeUnavailable: No usable answer after all tries.
            RateLimited, SourceChanged: As :meth:`backfin.http.PoliteSession.get` and ``reader``.
        """
        question = _Question(url, params, form)
        return self._patience.insist(lambda: self._insisting(question, reader, faults), faults, tries=tries)

    def pause(self) -> None:
        """Waits a moment before the same question is put again."""
        self._patience.pause()

    def stay_away(self, url: str, *, why: str) -> None:
        """Opens a cool-down for the host of ``url``."""
        self._http.stay_away(url, why=why)

    def _insisting(self, question: _Question, reader: Callable[[bytes], T], faults: list[str]) -> T:
        """One question; where it is refused, once more with fresh cookies."""
        had_cookies = bool(self._cookies)
        try:
            return self._asked(question, reader)
        except ExchangeUnavailable as error:
            fault = error.facts.get("fault")
            if self._page is None or fault not in (_STALE if had_cookies else _REFUSALS):
                raise
            faults.append(str(fault))
        # Those that were refused are of no use any more, and would be refused again.
        self._cookies = {}
        self._cookies = self._http.visit(
            self._page, headers={"Accept": "text/html,*/*", "Sec-Fetch-Mode": "navigate"}
        )
        try:
            return self._asked(question, reader)
        except ExchangeUnavailable:
            self._cookies = {}
            raise

    def _asked(self, question: _Question, reader: Callable[[bytes], T]) -> T:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        try:
            answer = self._http.get(question.url, params=question.params, form=question.form, headers=headers)
        except SourceChanged as error:
            if error.facts.get("status") != 401:
                raise
            facts = {**error.facts, "fault": "refused"}
            raise ExchangeUnavailable(
                f"{self.sender} refuses us without valid cookies; it is asked again later.", **facts
            ) from error
        found = reader(answer.content)
        self._http.accepted(question.url)
        return found
