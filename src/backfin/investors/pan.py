"""Permanent account numbers: only their last four characters are ever shown or kept."""

from __future__ import annotations

import re

#: Written in one piece, also inside the number of a tax registration.
_WHOLE = r"(?<![A-Za-z])[A-Za-z]{5}[0-9]{4}[A-Za-z](?![A-Za-z])"
#: Written in parts: what could be words and a year counts behind the label only.
_IN_PARTS = r"[A-Za-z]{5}[\s./-]{1,3}[0-9]{4}[\s./-]{1,3}[A-Za-z](?![A-Za-z])"
_LABEL = r"(?i:\b(?:PAN|permanent account n(?:umber|o\.?))\b[^A-Za-z0-9]{0,4}(?:(?:no|number|is)\b[^A-Za-z0-9]{0,4})?)"
_PAN = re.compile(rf"{_WHOLE}|(?P<label>{_LABEL}){_IN_PARTS}")
_HIDDEN = "X" * 6


def mask_pan(text: str) -> str:
    """A text with all but the last four characters of every PAN crossed out.

    >>> mask_pan("Asha Mehra (PAN: ABCPM1234F), GSTIN 27ABCPM1234F1Z5, pan abcpm 1234 f")
    'Asha Mehra (PAN: XXXXXX234F), GSTIN 27XXXXXX234F1Z5, pan XXXXXX234f'
    """
    return _PAN.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    label = match["label"] or ""
    letters = [char for char in match[0][len(label) :] if char.isalnum()]
    return f"{label}{_HIDDEN}{''.join(letters[-4:])}"
