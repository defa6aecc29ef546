"""Questions to NSE's API, with cookies only when it insists on them."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from backfin.errors import BackfinError, ExchangeUnavailable, SourceChanged
from backfin.exchanges import Patience, PoliteSession

from backfin_nse.answers import Sheet, read_sheet

#: The page that the site itself asks the API from; it sets the cookies, also when it answers 403.
PAGE = "/companies-listing/corporate-filings-announcements"

#: Faults that mean "not without the right cookies".
_REFUSALS = frozenset({"block_page", "refused", "html_200"})

#: Faults that cookies which have become stale cause.
_STALE = _REFUSALS | {"reset", "connection", "truncated"}


def api_headers(user_agent: str, site: str) -> dict[str, str]:
    """The whole header set: an incomplete one is answered with block pages now and then."""
    return {
        "User-Agent": user_agent,
        "Accept": "application/json, text/plain, */*",
        "Accept-Language": "en-IN,en;q=0.9",
        "Accept-Encoding": "gzip, deflate, br",
        "Referer": f"{site}{PAGE}",
        "Sec-Fetch-Dest": "empty",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "same-origin",
        "Connection": "keep-alive",
    }


def site_of(api_url: str) -> str:
    """Scheme and host of the site an API belongs to.

    >>> site_of("https://www.nseindia.com/api")
    'https://www.nseindia.com'
    """
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}"


class NseClient:
    """Asks NSE's API. Safe to share between threads.

    Args:
        http: The polite session that carries the requests.
        api_url: Base URL of the API.
        patience: How often an odd answer is asked for again.
    """

    def __init__(self, http: PoliteSession, api_url: str, patience: Patience) -> None:
        self._http = http
        self._url = f"{api_url.rstrip('/')}/corporate-announcements"
        self._page = f"{site_of(api_url)}{PAGE}"
        self._patience = patience
        self._cookies: dict[str, str] = {}

    def sheet(self, segment: str, day: date | None, faults: list[str]) -> Sheet:
        """Fetches one segment of one day, or the newest twenty rows; faults met on the way are added to ``faults``.

        Raises:
            ExchangeUnavailable: No usable answer after all tries.
            RateLimited, SourceChanged: As :meth:`backfin.http.PoliteSession.get` and ``read_sheet``.
        """
        params = {"index": segment}
        if day is not None:
            params |= {"from_date": f"{day:%d-%m-%Y}", "to_date": f"{day:%d-%m-%Y}"}
        return self._patience.insist(lambda: self._insisting(params, faults), faults)

    def pause(self) -> None:
        """Waits a moment before the same question is put again."""
        self._patience.pause()

    def stay_away(self, why: str) -> None:
        """Opens a cool-down for the API's host."""
        self._http.stay_away(self._url, why=why)

    def _insisting(self, params: dict[str, str], faults: list[str]) -> Sheet:
        """One question; where it is refused, once more with fresh cookies."""
        had_cookies = bool(self._cookies)
        try:
            return self._asked(params)
        except ExchangeUnavailable as error:
            fault = error.facts.get("fault")
            if fault not in (_STALE if had_cookies else _REFUSALS):
                raise
            faults.append(str(fault))
        # Those that were refused are of no use any more, and would be refused again.
        self._cookies = {}
        self._cookies = self._http.visit(
            self._page, headers={"Accept": "text/html,*/*", "Sec-Fetch-Mode": "navigate"}
        )
        try:
            return self._asked(params)
        except ExchangeUnavailable:
            self._cookies = {}
            raise

    def _asked(self, params: dict[str, str]) -> Sheet:
        try:
            answer = self._http.get(self._url, params=params, headers=self._cookie_header())
        except SourceChanged as error:
            raise _refused(error) from error
        sheet = read_sheet(answer.content)
        self._http.accepted(self._url)
        return sheet

    def _cookie_header(self) -> dict[str, str]:
        cookies = self._cookies
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}


def _refused(error: SourceChanged) -> BackfinError:
    """What status 401 means: no cookie, or one that is not valid any more."""
    if error.facts.get("status") != 401:
        return error
    facts = {**error.facts, "fault": "refused"}
    return ExchangeUnavailable("NSE refuses us without valid cookies; it is asked again later.", **facts)
