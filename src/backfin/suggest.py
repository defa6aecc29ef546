"""What somebody may have meant by a word that nothing goes by."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The choice most like a word, whatever their order, or ``None`` when nothing is.

    >>> nearest("catgory", ["category", "issuer"]), nearest("colour", ["category", "issuer"])
    ('category', None)

    Args:
        word: As it was typed; its capitals count.
        choices: What there is.
        cutoff: How alike the two must be at least, from 0 to 1.
    """
    found = difflib.get_close_matches(word, sorted(choices), n=1, cutoff=cutoff)
    return found[0] if found else None
