"""Questions to NSE's API, with cookies only when it insists on them."""

from __future__ import annotations

from datetime import date

from backfin.exchanges import Patience, PoliteClient, PoliteSession, site_of

from backfin_nse.answers import Sheet, read_sheet

#: The page that the site itself asks the API from; it sets the cookies, also when it answers 403.
PAGE = "/companies-listing/corporate-filings-announcements"


class NseClient(PoliteClient):
    """Asks NSE's API. Safe to share between threads.

    Args:
        http: The polite session that carries the requests.
        api_url: Base URL of the API.
        patience: How often an odd answer is asked for again.
    """

    def __init__(self, http: PoliteSession, api_url: str, patience: Patience) -> None:
        super().__init__(http, patience, "NSE", f"{site_of(api_url)}{PAGE}")
        self.url = f"{api_url.rstrip('/')}/corporate-announcements"

    def sheet(self, segment: str, day: date | None, faults: list[str]) -> Sheet:
        """Fetches one segment of one day, or the newest twenty rows; faults met on the way are added to ``faults``.

        Raises:
            ExchangeUnavailable: No usable answer after all tries.
            RateLimited, SourceChanged: As :meth:`backfin.http.PoliteSession.get` and ``read_sheet``.
        """
        params = {"index": segment}
        if day is not None:
            params |= {"from_date": f"{day:%d-%m-%Y}", "to_date": f"{day:%d-%m-%Y}"}
        return self.read(self.url, read_sheet, faults, params=params)
