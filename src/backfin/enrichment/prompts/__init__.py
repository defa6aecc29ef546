"""Prompt sets are text files with front matter; this reads them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from backfin.enrichment.taxonomy import categories
from backfin.errors import ConfigError
from backfin.interfaces import Category
from backfin.models import Announcement

__all__ = ["CorePromptSet", "PromptFile", "load_prompt_file", "parse_prompt_file"]

_MARK = "+++"


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A prompt as written: its name, its version, and the text with ``{categories}`` in it."""

    name: str
    version: str
    text: str


def parse_prompt_file(content: str) -> PromptFile:
    """Reads front matter (TOML between two lines of ``+++``) and text.

    >>> parse_prompt_file('+++\\nname = "a"\\nversion = "1"\\n+++\\nHello').text
    'Hello'

    Raises:
        ConfigError: No front matter, or no name or version in it.
    """
    parts = content.split(f"{_MARK}\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise ConfigError("A prompt file starts with a line of +++, front matter, and a line of +++.")
    try:
        front = tomllib.loads(parts[1])
        return PromptFile(name=str(front["name"]), version=str(front["version"]), text=parts[2].strip())
    except (tomllib.TOMLDecodeError, KeyError) as problem:
        raise ConfigError(
            f"The front matter of a prompt file needs name and version ({problem})."
        ) from problem


@lru_cache(maxsize=8)
def load_prompt_file(file_name: str) -> PromptFile:
    """Reads one of the prompt files that come with backfin."""
    return parse_prompt_file(resources.files(__name__).joinpath(file_name).read_text(encoding="utf-8"))


class CorePromptSet:
    """The default prompt set: 48 labels, taking every announcement that no other set wants."""

    @property
    def name(self) -> str:
        """Name of the set."""
        return load_prompt_file("core.md").name

    @property
    def version(self) -> str:
        """Version of the set; changes with every change of its words."""
        return load_prompt_file("core.md").version

    @property
    def categories(self) -> tuple[Category, ...]:
        """The default taxonomy."""
        return categories()

    def applies_to(self, announcement: Announcement) -> bool:
        """Every announcement."""
        return True

    def system_prompt(self) -> str:
        """Task, rules and taxonomy."""
        listed = "\n".join(f"- {c.label} [{c.event_type.value}]: {c.guidance}" for c in self.categories)
        return load_prompt_file("core.md").text.replace("{categories}", listed)
