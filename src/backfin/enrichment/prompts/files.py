"""A prompt set as it is written: front matter, and two prompts below their headings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backfin.enrichment.taxonomy import slug_of
from backfin.errors import ConfigError
from backfin.interfaces import Category
from backfin.models import EventType

_MARK = "+++"
_HEADING = re.compile(r"(?m)^# (classify|facts)[ \t]*$")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TaxonomyRow(_Part):
    """One label: ``schema`` is the event type whose sheet its facts fill."""

    label: str = Field(min_length=1)
    event_type: EventType = Field(alias="schema")
    prior: float = Field(ge=0, le=1)
    guidance: str = Field(min_length=1)
    slug: str = ""

    def category(self) -> Category:
        """The row as a category; the slug follows from the label unless it is given."""
        slug = self.slug or slug_of(self.label)
        return Category(self.label, slug, self.event_type, self.prior, self.guidance)


class Conditions(_Part):
    """Which announcements a set wants: all given conditions hold; each holds when one of its words does."""

    exchanges: tuple[str, ...] = ()
    isins: tuple[str, ...] = ()
    exchange_categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class FrontMatter(_Part):
    """What stands between the two lines of ``+++``. ``taxonomy`` is ``"core"`` or rows of its own."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_.+-]*$")
    version: str = Field(min_length=1)
    taxonomy: str | tuple[TaxonomyRow, ...] = "core"
    applies_to: Conditions = Conditions()


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A prompt set as written. ``facts`` is empty where the file leaves the second question to the core set."""

    front: FrontMatter
    classify: str
    facts: str

    @property
    def name(self) -> str:
        """Name of the set."""
        return self.front.name

    @property
    def version(self) -> str:
        """Version of its words."""
        return self.front.version


def parse_prompt_file(content: str) -> PromptFile:
    """Reads front matter (TOML between two lines of ``+++``) and the prompts under ``# classify`` and ``# facts``.

    >>> parse_prompt_file('+++\\nname = "a"\\nversion = "1"\\n+++\\n# classify\\nHello').classify
    'Hello'

    Raises:
        ConfigError: With the first thing that is wrong, and what would be right.
    """
    parts = content.replace("\r\n", "\n").split(f"{_MARK}\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise ConfigError("A prompt file starts with a line of +++, front matter, and a line of +++.")
    front = _front_matter(parts[1])
    prompts = _sections(parts[2])
    if not prompts.get("classify"):
        raise ConfigError("A prompt file has a prompt under the heading `# classify`.")
    return PromptFile(front, prompts["classify"], prompts.get("facts", ""))


def _front_matter(text: str) -> FrontMatter:
    try:
        front = FrontMatter.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"The front matter of a prompt file is no TOML: {problem}.") from problem
    except ValidationError as problem:
        raise ConfigError(f"The front matter of a prompt file will not do: {_faults(problem)}.") from problem
    if isinstance(front.taxonomy, str) and front.taxonomy != "core":
        raise ConfigError(f'taxonomy is "core" or a list of [[taxonomy]] rows, not {front.taxonomy!r}.')
    return front


def _faults(problem: ValidationError) -> str:
    found = (f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in problem.errors()[:6])
    return "; ".join(found)


def _sections(text: str) -> Mapping[str, str]:
    pieces: list[Any] = _HEADING.split(text)
    if pieces[0].strip():
        raise ConfigError("Words of a prompt file stand under `# classify` or `# facts`.")
    return {name: body.strip() for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}
