"""Draws a page of a filing with the words behind its facts: ``python docs/pictures/draw_evidence.py``.

The page is the sample day's order filing whose table is in lakhs. Written beside this file: ``evidence.svg``;
printed: the table of facts that ``docs/how-backfin-knows.md`` shows.
"""

from __future__ import annotations

import re
import tempfile
from html import escape
from pathlib import Path
from typing import Any

import pypdfium2

from backfin import Settings
from backfin.app import Backfin
from backfin.demo.day import load_day
from backfin.documents.pdf_words import text_in_step, view_of, words_of
from backfin.documents.words import Word
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.models import Enrichment, Money
from backfin.models.money import format_indian
from backfin.steps.enrich import reading_of

#: The filing that is shown.
SLUG = "bhaskar-orders-lakhs"
COLOURS = ("#ffd54f", "#81d4fa", "#a5d6a7", "#ffab91", "#ce93d8", "#f48fb1", "#b0bec5")
#: Width of the margin in which the facts are named, in points.
MARGIN = 190
_LETTERS = re.compile(r"\w+")


def filing() -> tuple[bytes, Enrichment]:
    """The filing's PDF, and what the rules read in it."""
    day = load_day()
    (chosen,) = [one for one in day.filings if one.slug == SLUG]
    (row,) = [row for row in day.rows if row["ATTACHMENTNAME"] == chosen.attachment]
    data = day.files[chosen.attachment]
    with tempfile.TemporaryDirectory() as folder:
        app = Backfin(Settings(home=folder))
        path = Path(folder) / "filing.pdf"
        path.write_bytes(data)
        announcement = app.plugins.registry.exchanges["bse"].parse(row)
        reading = reading_of(announcement, [app.reader.read(path)])
        made = RulesEnricher().enrich(reading, app.plugins.registry.prompt_sets["core"])
        app.close()
    return data, made


def page_words(data: bytes) -> tuple[float, float, list[Word]]:
    """Width and height of the first page in points, and its words with their boxes."""
    with pypdfium2.PdfDocument(data) as document:
        page = document[0]
        text_page = page.get_textpage()
        text = text_in_step(text_page, text_page.get_text_range())
        words, _ = words_of(text_page, text, view_of(page))
        return (*page.get_size(), words)


def place_of(quote: str, words: list[Word]) -> list[Word]:
    """The words of a quote, where they stand in a row; none when they do not."""
    wanted = _LETTERS.findall(quote.casefold())
    told = [(word, part) for word in words for part in _LETTERS.findall(word.text.casefold())]
    parts = [part for _, part in told]
    for at in range(len(parts) - len(wanted) + 1):
        row = parts[at : at + len(wanted)]
        if row[:-1] == wanted[:-1] and row[-1].startswith(wanted[-1]):
            return list(dict.fromkeys(word for word, _ in told[at : at + len(wanted)]))
    return []


def draw(data: bytes, made: Enrichment) -> str:
    """The page as SVG: words where they stand, those behind a fact in its colour, the fact beside them."""
    width, height, words = page_words(data)
    marks, notes = [], []
    facts = [(name, fact) for name, fact in made.facts.items() if fact.value is not None and fact.evidence]
    for number, (name, fact) in enumerate(facts):
        colour = COLOURS[number % len(COLOURS)]
        found = place_of(fact.evidence[0].quote, words) if fact.evidence[0].page == 1 else []
        marks += [_mark(word, colour) for word in found]
        notes.append(_note(number, width, name, shown(fact.value), colour))
    lines = [_text(word) for word in words]
    size = f'viewBox="0 0 {width + MARGIN:.0f} {height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Helvetica, Arial, sans-serif">'
    paper = f'<rect width="100%" height="100%" fill="#eceff1"/><rect width="{width:.0f}" height="100%" fill="#fff"/>'
    return "\n".join([head, paper, *marks, *lines, *notes, "</svg>", ""])


def shown(value: Any) -> str:
    """A value as the picture and the table tell it."""
    if isinstance(value, Money):
        return f"{value.as_written} {value.scale.value} = ₹{format_indian(value.amount)}"
    return str(value)


def table(made: Enrichment) -> list[str]:
    """The facts as lines of a Markdown table."""
    return [
        f"| `{name}` | {shown(fact.value)} | {fact.evidence[0].page} | {fact.evidence[0].quote} |"
        for name, fact in made.facts.items()
        if fact.value is not None and fact.evidence
    ]


def _mark(word: Word, colour: str) -> str:
    left, top, right, bottom = word[1:5]
    return (
        f'<rect x="{left - 1:.1f}" y="{top - 1:.1f}" width="{right - left + 4:.1f}" '
        f'height="{bottom - top + 2:.1f}" fill="{colour}"/>'
    )


def _text(word: Word) -> str:
    left, top, right, bottom = word[1:5]
    return (
        f'<text x="{left:.1f}" y="{bottom:.1f}" font-size="{max(6.0, bottom - top):.1f}" '
        f'textLength="{right - left:.1f}" lengthAdjust="spacingAndGlyphs">{escape(word.text)}</text>'
    )


def _note(number: int, width: float, name: str, value: str, colour: str) -> str:
    y = 60 + number * 44
    told = value if len(value) <= 34 else f"{value[:33]}…"
    return (
        f'<rect x="{width + 8:.0f}" y="{y}" width="{MARGIN - 16}" height="36" rx="4" fill="{colour}"/>'
        f'<text x="{width + 14:.0f}" y="{y + 14}" font-size="10" font-weight="bold">{escape(name)}</text>'
        f'<text x="{width + 14:.0f}" y="{y + 28}" font-size="10">{escape(told)}</text>'
    )


if __name__ == "__main__":
    shown_file, read = filing()
    Path(__file__).with_name("evidence.svg").write_text(draw(shown_file, read), encoding="utf-8")
    print("\n".join(table(read)))
