"""Where BSE keeps an attachment: the rule of its own pages, and the directories it moves files to."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

#: Directory by ``PDFFLAG``.
_DIRECTORIES = {0: "AttachLive", 1: "AttachHis", 2: "CorpAttachment"}


def directory(flag: int, day: date) -> str:
    """The directory of a flag; the oldest one is split by year and month without a leading zero.

    >>> directory(2, date(2018, 4, 9))
    'CorpAttachment/2018/4'
    """
    name = _DIRECTORIES[flag]
    return f"{name}/{day.year}/{day.month}" if flag == 2 else name


def attachment_urls(files_url: str, name: str, flag: int | None, day: date) -> tuple[str, ...]:
    """Every address a file may have, the flag's own first: the flag goes stale as files age.

    >>> [url.rpartition("/")[0] for url in attachment_urls("f", "a.pdf", 1, date(2018, 4, 9))]
    ['f/AttachHis', 'f/AttachLive', 'f/CorpAttachment/2018/4']
    """
    order = sorted(_DIRECTORIES, key=lambda candidate: (candidate != flag, candidate))
    base = files_url.rstrip("/")
    return tuple(f"{base}/{directory(candidate, day)}/{quote(name, safe='')}" for candidate in order)
