"""What the exchange server answers: the habits of the real site, with no sockets."""

from __future__ import annotations

import json
import mimetypes
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from backfin.testing.exchange_rows import Asked, Row, RowBook, day_of_row
from backfin.testing.local_server import Reply

#: Where attachments are found by name: a folder, or a function that returns bytes, a path or ``None``.
Files = Path | Callable[[str], "bytes | Path | None"] | None

HTML = "text/html; charset=utf-8"

SHELL = (
    b"<!DOCTYPE html><html><head><title>BSE</title></head>"
    b'<body ng-app="corpann" ng-controller="corpannController"><app-root></app-root></body></html>'
)

#: What the guard in front of an exchange shows to those it does not like.
BLOCK_PAGE = (
    b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>"
    b"You don't have permission to access this page on this server.</BODY></HTML>"
)
ERROR_PAGE = b"<html><head><title>Error</title></head><body>The page cannot be displayed.</body></html>"
LOGIN = "https://www.bseindia.com/members/showinterest.aspx"
REFUSED = "https://api.bseindia.com/error_Bse.html"

_FILE = re.compile(r"/(attachlive|attachhis|corpattachment/(\d{4})/([1-9]|1[0-2]))/([^/]+)$", re.IGNORECASE)
_FLAGS = {"attachlive": 0, "attachhis": 1}


def kind_of_path(path: str) -> str:
    """What a request is for: ``feed``, ``file`` or ``other``."""
    if path.lower().endswith("/annsubcategorygetdata/w"):
        return "feed"
    return "file" if _FILE.search(path) else "other"


class Site:
    """Answers requests from rows, files and a scrip master.

    Args:
        rows: The announcements.
        files: Where attachments are found.
        issuers: Rows of the scrip master; made from the announcements, without ISIN, by default.
        page_size: Rows of one page of the feed.
    """

    def __init__(
        self, rows: RowBook, files: Files, issuers: Sequence[Mapping[str, Any]] | None, page_size: int
    ) -> None:
        self._rows = rows
        self._files = files
        self._issuers = issuers
        self._page_size = page_size

    def reply(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """The answer to one ``GET``. Names of parameters and headers are lower case."""
        agent = headers.get("user-agent", "")
        if not agent or agent.lower().startswith("python-requests"):
            return Reply(403, BLOCK_PAGE, HTML)
        file = _FILE.search(path)
        if file is not None:
            return self._file(file)
        endpoint = path.lower().rstrip("/").removesuffix("/w").rpartition("/")[2]
        answers = {
            "annsubcategorygetdata": self._feed,
            "anngetdata": lambda _: Reply(body=b'"No Record Found!"'),
            "listofscripdata": self._master,
        }
        if endpoint not in answers:
            return Reply(body=SHELL, media_type=HTML)
        if not headers.get("referer"):
            return Reply(301, b"", HTML, {"Location": LOGIN})
        return answers[endpoint](params)

    def _feed(self, params: Mapping[str, str]) -> Reply:
        try:
            asked = _asked(params)
        except ValueError:
            return Reply(302, b"", HTML, {"Location": REFUSED})
        if asked.is_refused:
            return Reply(body=b"{}")
        is_equity = params.get("strtype", "C") == "C"
        rows, total = self._rows.page(asked, self._page_size) if is_equity else ([], 0)
        return Reply(body=json.dumps({"Table": rows, "Table1": [{"ROWCNT": total}]}).encode())

    def _master(self, params: Mapping[str, str]) -> Reply:
        status = params.get("status") or "Active"
        code = params.get("scripcode", "")
        issuers = self._issuers if self._issuers is not None else self._made_issuers()
        found = [
            row
            for row in issuers
            if str(row.get("Status", "Active")) == status and code in ("", str(row.get("SCRIP_CD")))
        ]
        return Reply(body=json.dumps(found).encode())

    def _made_issuers(self) -> list[Row]:
        return [
            {
                "SCRIP_CD": code,
                "Scrip_Name": name,
                "Status": "Active",
                "GROUP": "B",
                "FACE_VALUE": "10.00",
                "ISIN_NUMBER": "",
                "INDUSTRY": None,
                "scrip_id": f"C{code}",
                "Segment": "Equity",
                "NSURL": f"https://www.bseindia.com/stock-share-price/company/c{code}/{code}/",
                "Issuer_Name": name,
                "Mktcap": "",
            }
            for code, name in self._rows.codes().items()
        ]

    def _file(self, match: re.Match[str]) -> Reply:
        folder, year, month, quoted = match.groups()
        name = unquote(quoted)
        flag = _FLAGS.get(folder.lower(), 2)
        is_here = any(_is_kept_in(row, flag, year, month) for row in self._rows.with_attachment(name))
        content = self._content(name) if is_here else None
        if content is not None:
            return Reply(body=content, media_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
        # The real site says "not here" in two ways; each name sticks to one of them.
        if zlib.crc32(name.encode()) % 2:
            return Reply(body=SHELL, media_type=HTML)
        return Reply(404, ERROR_PAGE, HTML)

    def _content(self, name: str) -> bytes | None:
        if callable(self._files):
            found = self._files(name)
            return found.read_bytes() if isinstance(found, Path) else found
        if self._files is None or not name.strip(".") or re.search(r"[/\\\x00]", name):
            return None
        path = self._files / name
        return path.read_bytes() if path.is_file() else None


def spoiled(fault: str, reply: Reply) -> Reply:
    """The answer that a fault makes out of a good one."""
    answers: dict[str, Reply] = {
        "block_page": Reply(403, BLOCK_PAGE, HTML),
        "html_200": Reply(200, ERROR_PAGE, HTML),
        "no_record": Reply(200, b'"No Record Found!"'),
        "empty_object": Reply(200, b"{}"),
        "reset": replace(reply, ending="reset"),
        "slow": reply,
        "timeout": replace(reply, ending="silent"),
        "error_500": Reply(500, b"<html><body>Runtime Error</body></html>", HTML),
        "rate_limited": Reply(429, b"", HTML, {"Retry-After": "1"}),
        "truncated": replace(reply, ending="cut"),
        "empty_body": Reply(200, b""),
        "redirect": Reply(301, b"", HTML, {"Location": LOGIN}),
    }
    return answers[fault]


def _asked(params: Mapping[str, str]) -> Asked:
    """Reads the parameters of the feed.

    Raises:
        ValueError: A date is not written ``YYYYMMDD``, or the page is no number.
    """
    return Asked(
        first=_day(params.get("strprevdate", "")),
        last=_day(params.get("strtodate", "")),
        page=max(1, int(params.get("pageno") or 1)),
        category=params.get("strcat") or "-1",
        subcategory=params.get("subcategory") or "-1",
        scrip_code=params.get("strscrip", "").strip(),
    )


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{8}", text, re.ASCII):
        raise ValueError(f"{text!r} is not written YYYYMMDD")
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a calendar day has no zone


def _is_kept_in(row: Row, flag: int, year: str | None, month: str | None) -> bool:
    if int(row["PDFFLAG"] or 0) != flag:
        return False
    day = day_of_row(row)
    return flag != 2 or (str(day.year), str(day.month)) == (year, month)
