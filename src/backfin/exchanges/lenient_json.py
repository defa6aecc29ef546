"""JSON as exchanges send it: behind byte order marks, with bytes that are no UTF-8, or not JSON at all. Pure."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any

from backfin.errors import ExchangeUnavailable

#: Digits from which a number is kept as text.
_LONGEST_NUMBER = 1000

#: A few bytes may stand in front: recorded pages begin with a byte order mark that was encoded twice.
_HTML_START = re.compile(rb"[^<]{0,16}<(!doctype html|html|head|body|script|meta|title)\b")


def read_json(content: bytes, sender: str) -> Any:
    """Reads an answer; what is no finite number in it is ``None``, what has thousands of digits is text.

    Args:
        content: The bytes of the answer.
        sender: Who sent it, for the sentence of an error.

    Raises:
        ExchangeUnavailable: An empty body, a page, or no JSON; ``fault`` is ``empty_body``, ``html_200`` or
            ``not_json``.
    """
    if not content.strip():
        raise odd_answer(sender, "empty_body", "an empty body")
    try:
        return json.loads(
            _decoded(content),
            strict=False,
            parse_constant=lambda word: None,
            parse_float=_finite,
            parse_int=_whole,
        )
    except (ValueError, RecursionError):
        if looks_like_html(content):
            raise odd_answer(sender, "html_200", "an HTML page instead of data") from None
        raise odd_answer(sender, "not_json", "something that is no JSON") from None


def odd_answer(sender: str, fault: str, what: str) -> ExchangeUnavailable:
    """The error for an answer that says nothing of what was asked."""
    return ExchangeUnavailable(f"{sender} answered with {what}; it is asked again later.", fault=fault)


def looks_like_html(content: bytes) -> bool:
    """Whether bytes begin as an HTML page does.

    >>> looks_like_html(b"\\xef\\xbb\\xbf  <!DOCTYPE html><html>")
    True
    """
    return _HTML_START.match(content[:2048].lower()) is not None


def _decoded(content: bytes) -> str:
    # Texts are pasted from everywhere: a byte that is no UTF-8 must not cost the other rows of the page.
    # Byte order marks stand in front, at times encoded twice.
    return content.decode("utf-8", "replace").lstrip("\ufeff").removeprefix("\u00ef\u00bb\u00bf")


def _finite(text: str) -> float | None:
    number = float(text)
    return number if isfinite(number) else None


def _whole(text: str) -> int | str:
    # Python refuses to read numbers of thousands of digits, and with them the page.
    return int(text) if len(text) < _LONGEST_NUMBER else text
