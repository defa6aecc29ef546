"""BSE's page of insider trades: its form, which gives a download, and the table it shows. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from backfin.errors import ExchangeUnavailable
from parsel import Selector

from backfin_deals.answers import Answer, read_csv

_SENDER = "BSE"
_FORM = "ctl00$ContentPlaceHolder1$"

#: The columns of the table; two of them hold two things each.
_COLUMNS = (
    *("Security Code", "Security Name", "Name of Person", "Category of person", "held before"),
    *(
        "Type of Securities Acquired/Disposed/Pledge etc.",
        "Number of Securities Acquired/Disposed/Pledge etc.",
    ),
    *("Value of Securities Acquired/Disposed/Pledge etc", "Transaction Type", "held after", "period"),
    *("Mode of Acquisition", "contract", "buys", "sells", "Reported to Exchange"),
)
#: The double columns → the columns of the download.
_HOLDINGS = (
    (
        "before",
        "Number of Securities held Prior to acquisition/Disposed",
        "% of Securities held Prior to acquisition/Disposed",
    ),
    (
        "after",
        "Number of Securities held Post acquisition/Disposed/Pledge etc",
        "Post-Transaction % of Shareholding",
    ),
)
_HELD = re.compile(r"(?P<count>[\d,]+)\s*\(?\s*(?P<share>[\d.]*)\s*%?\s*\)?", re.ASCII)
_PERIOD = re.compile(
    r"(?P<first>\d{1,2}\W\w{2,9}\W\d{4})(?:\s*(?:to|-|–)?\s*(?P<last>\d{1,2}\W\w{2,9}\W\d{4}))?"
)


def download_form(content: bytes, day: date) -> dict[str, str]:
    """What is sent to the page so that it gives the trades reported on a day.

    Raises:
        ExchangeUnavailable: It is another page than it was.
    """
    page = Selector(text=content.decode("utf-8", "replace"))
    hidden = {
        str(field.attrib["name"]): field.attrib.get("value", "")
        for field in page.css("input[type=hidden]")
        if field.attrib.get("name")
    }
    if "__VIEWSTATE" not in hidden:
        raise ExchangeUnavailable(
            "BSE's page of insider trades shows no form; it is asked again later.", fault="no_form"
        )
    return hidden | {
        "__EVENTTARGET": f"{_FORM}lnkDownload",
        f"{_FORM}fmdate": f"{day:%Y%m%d}",
        f"{_FORM}eddate": f"{day:%Y%m%d}",
        f"{_FORM}hidCurrentDate": f"{day:%Y/%m/%d}",
    }


def read_download(content: bytes) -> Answer:
    """The rows of the download; those of the table where the page shows itself once more.

    Raises:
        ExchangeUnavailable: It is neither.
    """
    try:
        return Answer((read_csv(content, _SENDER, "security code", "name of person"),))
    except ExchangeUnavailable:
        rows = read_page(content)
        if not rows:
            raise
        # The table stops after so many rows, and does not say so.
        return Answer((rows,), is_whole=False)


def read_page(content: bytes) -> list[dict[str, Any]]:
    """The rows of the page's table."""
    page = Selector(text=content.decode("utf-8", "replace"))
    return list(_rows(page))


def _rows(page: Selector) -> Iterator[dict[str, Any]]:
    for row in page.css("tr"):
        cells = [" ".join(cell.css("::text").getall()).strip() for cell in row.xpath("./td")]
        if len(cells) >= len(_COLUMNS) and re.fullmatch(r"\d{6}", cells[0], re.ASCII):
            yield _named(dict(zip(_COLUMNS, cells, strict=False)))


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its double columns under the names of the download."""
    for when, count, share in _HOLDINGS:
        held = _HELD.fullmatch(str(row[f"held {when}"]))
        row |= {count: held["count"], share: held["share"]} if held else {}
    period = _PERIOD.fullmatch(str(row["period"]))
    if period:
        name = "Date of acquisition of shares/sale of shares/Date of Allotment"
        row |= {f"{name}(From date)": period["first"], f"{name}(To date)": period["last"] or period["first"]}
    return row
