"""The prompt set: a file's words, the core's taxonomy with further labels, sheets and rules of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import resources

from backfin.enrichment.prompts import FilePromptSet, core_prompts
from backfin.interfaces import Category, RulesReading
from backfin.models import Announcement, EventType, Issuer, Reading
from backfin_prompts_pharma.config import PharmaConfig
from backfin_prompts_pharma.reading import read
from backfin_prompts_pharma.sheets import SHEETS


class _File:
    """The file beside this module, found when it is read."""

    def read_text(self, encoding: str | None = None) -> str:
        return resources.files(__package__).joinpath("pharma.md").read_text(encoding=encoding)


class PharmaPrompts(FilePromptSet):
    """The prompt set of drug makers.

    Args:
        config: Which issuers it is for.
        issuer_of: What is known of an ISIN, ``None`` if nothing.
    """

    sheets = SHEETS

    def __init__(
        self,
        config: PharmaConfig | None = None,
        issuer_of: Callable[[str], Issuer | None] = lambda _isin: None,
    ) -> None:
        super().__init__(_File())
        self._config = config or PharmaConfig()
        self._issuer_of = issuer_of

    @property
    def version(self) -> str:
        """That of the file and that of the core's labels, because a model is shown both."""
        return f"{self.file.version}+core{core_prompts().version}"

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """The file's labels in front of the core's, which drug makers' other filings need."""
        return (*super().categories, *core_prompts().categories)

    def applies_to(self, announcement: Announcement) -> bool:
        """Whether the issuer is a drug maker by the settings, or by its industry where that is known."""
        isin, config = announcement.isin, self._config
        if isin is None or isin in config.not_isins:
            return False
        if isin in config.isins:
            return True
        issuer = self._issuer_of(isin) if config.industries else None
        industry = (issuer.industry or "").casefold() if issuer else ""
        return bool(industry) and industry in {name.casefold() for name in config.industries}

    def read_by_rules(self, reading: Reading, event_type: EventType) -> RulesReading | None:
        """What the patterns find; ``None`` where the filing is about nothing of this set's."""
        return read(reading, event_type)
