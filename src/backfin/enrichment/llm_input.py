"""A filing as a model is shown it: quoted data with page marks, cut to a stated length."""

from __future__ import annotations

from backfin.models import Page, Reading

_OPEN, _CLOSE = "<filing>", "</filing>"


def filing_text(reading: Reading, pages: tuple[Page, ...], max_chars: int) -> str:
    """Issuer, the exchange's labels, and the pages in order; what is left out is counted.

    Page text cannot close the quotation: its angle brackets around our own marks are taken out.
    """
    announcement = reading.announcement
    labels = " / ".join(
        text for text in (announcement.exchange_category, announcement.exchange_subcategory) if text
    )
    lines = [f"Issuer: {announcement.issuer_name}", f"Exchange's own label: {labels or 'none'}", _OPEN]
    left = max_chars
    cut = 0
    for page in sorted(pages, key=lambda page: page.number):
        text = _quoted(page.text)
        taken, cut = text[:left], cut + max(0, len(text) - left)
        left -= len(taken)
        if taken.strip():
            lines += [f"[page {page.number}]", taken]
    lines.append(_CLOSE)
    if cut:
        lines.append(f"{cut} characters of the filing were left out; say nothing about them.")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return text.replace(_CLOSE, "").replace(_OPEN, "")
