"""The two questions about a filing, and the pages each was asked with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from backfin.enrichment.llm_ask import Asker, Question
from backfin.enrichment.llm_input import filing_text
from backfin.enrichment.llm_pages import Selection, select_pages
from backfin.enrichment.prompts import facts_prompt_of, sheet_of
from backfin.enrichment.reply import (
    Statement,
    Verdict,
    parse_statement,
    parse_verdict,
    statement_schema,
    verdict_schema,
)
from backfin.enrichment.scoring import document_flags
from backfin.interfaces import PromptSet
from backfin.models import EventType, Page, Reading
from backfin.settings import LlmSettings

#: What the two answers are expected to take, in tokens.
_VERDICT_TOKENS, _STATEMENT_TOKENS = 400, 1500

#: Flag of a reading that was made without some pages.
PARTLY_READ = "partly_read"


class Questions:
    """The questions about one filing, and the pages each was asked with."""

    def __init__(
        self,
        asker: Asker,
        reading: Reading,
        prompt_set: PromptSet,
        pages: tuple[Page, ...],
        settings: LlmSettings,
    ) -> None:
        self.asker = asker
        self.reading = reading
        self.prompt_set = prompt_set
        self.pages = pages
        self._settings = settings
        self._selections: dict[str, Selection] = {}

    def verdict(self) -> Verdict:
        """What the filing is."""
        budget = min(self._settings.max_classify_tokens, self._settings.max_input_tokens)
        return self.asker.ask(
            Question(
                name="classify",
                system=self.prompt_set.system_prompt(),
                filing=self._filing("classify", None, budget),
                schema=verdict_schema(self.prompt_set),
                parse=partial(parse_verdict, prompt_set=self.prompt_set),
                output_tokens=_VERDICT_TOKENS,
            )
        )

    def statement(self, event_type: EventType) -> Statement:
        """What it states of the facts of an event type."""
        return self.asker.ask(
            Question(
                name=f"facts:{event_type.value}",
                system=facts_prompt_of(self.prompt_set, event_type),
                filing=self._filing("facts", event_type, self._settings.max_input_tokens),
                schema=statement_schema(event_type, sheet_of(self.prompt_set, event_type)),
                parse=parse_statement,
                output_tokens=_STATEMENT_TOKENS,
            )
        )

    def flags(self) -> tuple[str, ...]:
        """Flags of the document, and whether the last question went without some of it."""
        last = list(self._selections.values())[-1]
        is_whole = last.is_whole and not self.asker.cut
        return (*document_flags(self.reading), *(() if is_whole else (PARTLY_READ,)))

    def detail(self) -> dict[str, Any]:
        """Which pages each question was asked with, and every call."""
        pages = {name: selection.detail() for name, selection in self._selections.items()}
        cut = {"cut_by_service": sorted(self.asker.cut)} if self.asker.cut else {}
        return {"pages": pages, "calls": self.asker.account(), **cut}

    def _filing(self, name: str, event_type: EventType | None, budget: int) -> Callable[[str], str]:
        selection = select_pages(self.pages, self.reading.tables, event_type, budget)
        self._selections[name] = selection
        return partial(filing_text, self.reading, selection)
