"""Words of advice, which no output may contain: facts, source and score only."""

from __future__ import annotations

import re

_ADVICE = re.compile(
    r"(?i)\b(?:buy|buys|buying|sell|sells|selling)\b(?![- ]?back)|\btargets?\b|\boutperform"
    r"|\bunderperform|\boverweight\b|\bunderweight\b|\bmulti-?bagger|\baccumulate\b|\bundervalued\b"
    r"|\bmust[- ]own\b"
)


def gives_advice(text: str) -> bool:
    """Whether a text holds words that could be taken for advice to trade.

    >>> gives_advice("Strong buy, target price Rs 500"), gives_advice("Board approves buyback of shares")
    (True, False)
    """
    return _ADVICE.search(text) is not None
