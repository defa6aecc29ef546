"""The page that follows one filing from its words to its facts shows what backfin really reads."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

WRITTEN = re.compile(r">([^<>]+)</text>|fill=\"(#\w+)\"")
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    """The script that draws the picture."""
    spec = importlib.util.spec_from_file_location("draw_evidence", DOCS / "pictures" / "draw_evidence.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_picture_and_table_are_what_is_read_today(drawing: ModuleType) -> None:
    data, made = drawing.filing()

    page = (DOCS / "how-backfin-knows.md").read_text(encoding="utf-8")
    picture = (DOCS / "pictures" / "evidence.svg").read_text(encoding="utf-8")

    # Places may move by a fraction of a point with a release of PDFium; what is written there may not.
    assert WRITTEN.findall(picture) == WRITTEN.findall(drawing.draw(data, made))
    shown = [line for line in page.splitlines() if line.startswith("| `")]
    assert shown == drawing.table(made)


def test_every_fact_of_the_picture_is_marked_on_the_page(drawing: ModuleType) -> None:
    data, made = drawing.filing()

    _, _, words = drawing.page_words(data)

    facts = [fact for fact in made.facts.values() if fact.value is not None]
    assert facts
    assert all(drawing.place_of(fact.evidence[0].quote, words) for fact in facts)
