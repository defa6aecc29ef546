"""What passes between a reader process and the pool: limits one way, text by page the other way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Limits(NamedTuple):
    """How much of one file is read."""

    max_pages: int
    max_chars: int


class Extract(NamedTuple):
    """Text of one file.

    Args:
        pages: Text of each page that was read, in order; lines end with ``\\n``.
        page_count: Pages the file has; more than ``len(pages)`` when a limit cut it.
        unread: Indexes into ``pages`` of pages whose text, if any, is not in the file as text.
        blank: Those of ``unread`` on which nothing at all is drawn, or that cannot be loaded.
        flags: Flags of a :class:`backfin.models.Document`.
    """

    pages: Sequence[str] = ()
    page_count: int = 0
    unread: Sequence[int] = ()
    blank: Sequence[int] = ()
    flags: Sequence[str] = ()


def parse_extract(value: Any) -> Extract:
    """The extract in a reply.

    Raises:
        ValueError: The reply has another shape. A reader that was taken over by its file can send anything.
    """
    try:
        pages, page_count, unread, blank, flags = value
    except TypeError as error:
        raise ValueError("a reply of another shape") from error
    if not (_all(pages, str) and _all(flags, str) and _all(unread, int) and _all(blank, int)):
        raise ValueError("a reply with other types")
    if not isinstance(page_count, int):
        raise ValueError("a reply without a page count")
    "".join(pages).encode()  # a lone surrogate, which no store takes, is a ValueError too
    return Extract(pages, page_count, unread, blank, flags)


def _all(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(type(value) is kind for value in values)


def single_page(text: str, limits: Limits, flags: Sequence[str] = ()) -> Extract:
    """A file without pages of its own as one page, cut at ``max_chars``; one without text is ``empty``."""
    if not text.strip():
        return Extract(page_count=1, flags=[*flags, "empty"])
    if len(text) > limits.max_chars:
        return Extract([text[: limits.max_chars]], 1, flags=[*flags, "too_large"])
    return Extract([text], 1, flags=list(flags))
