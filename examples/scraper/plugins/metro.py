"""A one-file plugin: an exchange that publishes an HTML table, one page a day, without attachments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from parsel import Selector

from backfin import Announcement, Attachment, Issuer, hookimpl
from backfin.errors import AttachmentGone, ParseError, SourceChanged
from backfin.exchanges import PoliteExchange, Politeness, WebUrl
from backfin.identity import announcement_id
from backfin.interfaces import Download, Exchange, FeedPage, Pacer
from backfin.plugins.services import Services

backfin_api = "1"


class Config(Politeness):
    """The section ``[plugin.metro]``: an address, and how politely it is asked."""

    url: WebUrl


@hookimpl
def backfin_config_model() -> type[Config]:
    """Says where the notices are."""
    return Config


@hookimpl
def backfin_exchanges(config: Config, services: Services) -> list[Exchange]:
    """The one exchange of this file."""
    return [Metro(config, services.pacer)]


class Metro(PoliteExchange):
    """Reads ``{url}/notices-YYYY-MM-DD.html``."""

    name = "metro"
    mic = "XMET"
    zone = ZoneInfo("Asia/Kolkata")

    def __init__(self, config: Config, pacer: Pacer) -> None:
        super().__init__(config, pacer, urls=(config.url,))
        self._url = config.url.rstrip("/")

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        """The one page of a day. The site states no count."""
        answer = self.http.get(f"{self._url}/notices-{day}.html")
        table = Selector(answer.content.decode("utf-8", "replace")).css("table.notices")
        if not table:
            raise SourceChanged("The page has no table of notices; the plugin must learn its new shape.")
        self.http.accepted(answer.url)
        rows = tuple(_row(line, day) for line in table.css("tr[data-id]"))
        yield FeedPage(1, rows, None, answer.content)

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """An announcement of one line of the table."""
        try:
            moment = datetime.fromisoformat(f"{row['day']}T{row['time']}").replace(tzinfo=self.zone)
            key, issuer, text = self.native_id(row), str(row["issuer"]), str(row["text"])
        except (KeyError, ValueError) as error:
            raise ParseError(f"A line of the table cannot be read: {error}.") from error
        return Announcement(
            announcement_id=announcement_id(self.name, key),
            exchange=self.name,
            native_id=key,
            isin=row.get("isin"),
            issuer_name=issuer,
            subject=text,
            disseminated_at=moment,
            raw=dict(row),
        )

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The number of the notice."""
        if not row.get("id"):
            raise ParseError("A line of the table has no number.")
        return str(row["id"])

    def fetch_attachment(self, attachment: Attachment) -> Download:
        """There are none."""
        raise AttachmentGone(f"{attachment.name}: this exchange publishes no files.")

    def fetch_issuers(self) -> list[Issuer]:
        """There is no list of them; every line names its issuer."""
        return []


def _row(line: Selector, day: date) -> dict[str, str]:
    cells = [" ".join(cell.css("*::text").getall()) for cell in line.css("td")]
    texts = dict(
        zip(("time", "isin", "issuer", "text"), (" ".join(cell.split()) for cell in cells), strict=False)
    )
    return {"id": line.attrib["data-id"], "day": day.isoformat(), **texts}
