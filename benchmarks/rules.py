"""The rules on filings already read: filings per second of one core, against passing over the same text.

Run ``python benchmarks/rules.py``; it prints one JSON document. The mix is the sample day's own letters, with a
long transcript among every fifty, so that bounded scanning is part of the figure. ``ratio`` is the time of the rules
over that of the baseline, which lowers each text, splits it into words and looks for every digit run.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Callable

import pypdfium2

from backfin.demo import load_day
from backfin.demo.markup import pages_of
from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.exchanges.bse_parse import parse_row
from backfin.models import Announcement, Page, Reading
from backfin.testing.pdf import make_pdf

DIGITS = re.compile(r"\d+")
TRANSCRIPT_PAGES = 40


def make_readings() -> list[Reading]:
    """Every filing of the sample day as its row and the words of its letter, and transcripts in between."""
    day = load_day()
    rows = {row["NEWSID"]: row for row in day.rows}
    made: list[Reading] = []
    for filing in day.filings:
        announcement = parse_row(rows[filing.news_id], "https://files.invalid/")
        letter = make_pdf(pages_of(filing.document, day.companies[filing.company]))
        made.append(_reading(announcement, [announcement.text, *_texts(letter)]))
        if len(made) % 50 == 0:
            talk = "Moderator: Ladies and gentlemen, welcome to the earnings conference call of Q1.\n" * 40
            made.append(_reading(announcement, [announcement.text, *[talk] * TRANSCRIPT_PAGES]))
    return made


def _texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def _reading(announcement: Announcement, texts: list[str]) -> Reading:
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(texts))
    return Reading(announcement=announcement, pages=pages, document_ids=("d",))


def passed_over(reading: Reading) -> int:
    """The baseline: one look at every character."""
    return sum(len(page.text.lower().split()) + len(DIGITS.findall(page.text)) for page in reading.pages)


def timed(work: Callable[[Reading], object], readings: list[Reading], rounds: int) -> float:
    """The median time of a round, in seconds of this core."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        for reading in readings:
            work(reading)
        times.append(time.process_time() - started)
    return statistics.median(times)


def measure(rounds: int) -> dict[str, float | int]:
    """Both figures, taken in turns."""
    readings = make_readings()
    enricher, prompt_set = RulesEnricher(), CorePromptSet()
    enricher.enrich(readings[0], prompt_set)
    baseline = timed(passed_over, readings, rounds)
    rules = timed(lambda reading: enricher.enrich(reading, prompt_set), readings, rounds)
    return {
        "filings": len(readings),
        "characters": sum(len(page.text) for reading in readings for page in reading.pages),
        "filings_per_s": round(len(readings) / rules, 1),
        "baseline_filings_per_s": round(len(readings) / baseline, 1),
        "ratio": round(rules / baseline, 1),
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--smoke", action="store_true", help="one small round")
    given = parser.parse_args()
    print(json.dumps(measure(1 if given.smoke else given.rounds), indent=2))


if __name__ == "__main__":
    main()
