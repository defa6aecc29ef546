"""Prompt sets that are files, among them the default one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Protocol

from backfin.enrichment.prompts.files import Conditions, PromptFile, parse_prompt_file
from backfin.enrichment.taxonomy import categories
from backfin.errors import ConfigError
from backfin.interfaces import Category, PromptSet
from backfin.models import Announcement, EventType
from backfin.models.sheets import SHEETS, Kind, Sheet

#: What a model is told about each kind of value.
_KINDS = {
    Kind.MONEY: "amounts of money",
    Kind.DATE: "dates",
    Kind.NUMBER: "counts and percentages",
    Kind.NAME: "names",
    Kind.EXACT: "one or two words each",
    Kind.TEXT: "a few words each, copied",
    Kind.SET: "lists, one entry per item",
}


class Readable(Protocol):
    """A file: a path, or a resource of a package."""

    def read_text(self, encoding: str | None = None) -> str:
        """Its text."""
        ...


class FilePromptSet:
    """A prompt set that is one file, read when first used.

    Args:
        file: A path, or a resource of a package (``importlib.resources.files(…) / "mine.md"``).

    Raises:
        ConfigError: When first used, if the file is no prompt set.
    """

    def __init__(self, file: Readable) -> None:
        self._readable = file

    @cached_property
    def file(self) -> PromptFile:
        """The file as parsed."""
        try:
            content = self._readable.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeError) as problem:
            raise ConfigError(
                f"The prompt file {self._readable} cannot be read as UTF-8: {problem}."
            ) from problem
        return parse_prompt_file(content)

    @property
    def name(self) -> str:
        """Name of the set."""
        return self.file.name

    @property
    def version(self) -> str:
        """Version of the set; changes with every change of its words."""
        return self.file.version

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """The taxonomy: the default one, or the file's own."""
        rows = self.file.front.taxonomy
        return categories() if isinstance(rows, str) else tuple(row.category() for row in rows)

    def applies_to(self, announcement: Announcement) -> bool:
        """Whether the file's conditions hold; with none, for every announcement."""
        return _holds(self.file.front.applies_to, announcement)

    def system_prompt(self) -> str:
        """The first question: task, rules and taxonomy."""
        listed = "\n".join(f"- {c.label} [{c.event_type.value}]: {c.guidance}" for c in self.categories)
        return self.file.classify.replace("{categories}", listed)

    def facts_prompt(self, event_type: EventType) -> str:
        """The second question: which facts, and how they are to be stated."""
        prompt = self.file.facts or core_prompts().file.facts
        fields = fields_of(sheet_of(self, event_type))
        return prompt.replace("{event_type}", event_type.value).replace("{fields}", fields)


class CorePromptSet(FilePromptSet):
    """The default prompt set: 48 labels, taking every announcement that no other set wants."""

    def __init__(self) -> None:
        super().__init__(_Resource("core.md"))


class _Resource:
    """A file beside this module, found when it is read."""

    def __init__(self, name: str) -> None:
        self._name = name

    def read_text(self, encoding: str | None = None) -> str:
        return resources.files("backfin.enrichment.prompts").joinpath(self._name).read_text(encoding=encoding)


_CORE = CorePromptSet()


def core_prompts() -> CorePromptSet:
    """The default prompt set, read once per process."""
    return _CORE


def load_prompt_set(path: str | Path) -> FilePromptSet:
    """A prompt set from a file on disk, for ``backfin_prompt_sets`` of a plugin."""
    return FilePromptSet(Path(path))


def facts_prompt_of(prompt_set: PromptSet, event_type: EventType) -> str:
    """The second question of a set; of the core set where it has none."""
    own = getattr(prompt_set, "facts_prompt", None)
    return str(own(event_type)) if own is not None else core_prompts().facts_prompt(event_type)


def sheet_of(prompt_set: PromptSet, event_type: EventType) -> type[Sheet]:
    """The sheet of an event type: the set's own; the core's where it has none that extends it."""
    core, own = SHEETS[event_type], getattr(prompt_set, "sheets", None)
    sheet = own.get(event_type) if isinstance(own, Mapping) else None
    if isinstance(sheet, type) and issubclass(sheet, core) and sheet.__pydantic_complete__:
        return sheet
    return core


def fields_of(sheet: type[Sheet]) -> str:
    """The fields of a sheet, grouped by what they hold, one group a line."""
    by_kind: dict[Kind, list[str]] = {}
    for field, kind in sheet.kinds().items():
        by_kind.setdefault(kind, []).append(field)
    return "\n".join(f"- {_KINDS[kind]}: {', '.join(fields)}" for kind, fields in by_kind.items())


def _holds(wanted: Conditions, announcement: Announcement) -> bool:
    said = f"{announcement.subject}\n{announcement.headline}".casefold()
    labels = {(announcement.exchange_category or "").casefold()}
    labels.add((announcement.exchange_subcategory or "").casefold())
    return (
        _is_any(wanted.exchanges, lambda name: name == announcement.exchange)
        and _is_any(wanted.isins, lambda isin: isin == announcement.isin)
        and _is_any(wanted.exchange_categories, lambda label: label.casefold() in labels)
        and _is_any(wanted.words, lambda word: word.casefold() in said)
    )


def _is_any(wanted: Iterable[str], holds: Callable[[str], bool]) -> bool:
    names = tuple(wanted)
    return not names or any(holds(name) for name in names)
