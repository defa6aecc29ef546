"""Whether a customer sits in India or abroad, as its name and the words beside it tell."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    text = resources.files("backfin.enrichment.rules").joinpath("places.txt").read_text(encoding="utf-8")
    words: dict[str, list[str]] = {}
    for line in text.splitlines():
        kind, _, names = line.partition(": ")
        if not line.startswith("#") and names:
            words.setdefault(kind, []).extend(name.strip() for name in names.split("|"))
    made = {}
    for kind, places in words.items():
        either = "|".join(re.escape(place) for place in sorted(places, key=len, reverse=True))
        made[kind] = re.compile(rf"\b(?:{either})\b", re.IGNORECASE if kind == "home" else 0)
    return made


def country_in(text: str) -> str:
    """The first foreign country that a text names; empty where it names none.

    >>> country_in("Trident East Ltd, Russia"), country_in("NTPC Limited")
    ('Russia', '')
    """
    found = _patterns()["abroad"].search(text)
    return found[0] if found else ""


def is_abroad(text: str) -> bool:
    """Whether a text names a country or region outside India."""
    return bool(country_in(text) or _patterns()["region"].search(text))


def is_indian_body(name: str) -> bool:
    """Whether a name is that of an Indian public body or of one that carries an Indian place in its name.

    >>> is_indian_body("Central Railway"), is_indian_body("Virgin Atlantic")
    (True, False)
    """
    return _patterns()["home"].search(name) is not None and not country_in(name)
