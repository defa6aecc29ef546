"""What is wrong with a prompt set, told all at once, for those who write one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from backfin.enrichment.llm_pages import estimate_tokens
from backfin.enrichment.prompts.files import parse_prompt_file
from backfin.enrichment.prompts.sets import facts_prompt_of, sheet_of
from backfin.errors import ConfigError
from backfin.interfaces import Category, PromptSet
from backfin.models import EventType
from backfin.models.sheets import SHEETS

#: A prompt longer than this costs more than most filings.
MOST_TOKENS = 6000

#: Placeholders of a file, by the heading they belong under.
_PLACEHOLDERS = {"classify": {"categories"}, "facts": {"fields", "event_type"}}
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_NAME = re.compile(r"[a-z][a-z0-9_.+-]*")
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def lint_prompt_file(content: str) -> list[str]:
    """What is wrong with the text of a prompt file: its front matter, its headings and its placeholders."""
    try:
        file = parse_prompt_file(content)
    except ConfigError as problem:
        return [problem.sentence]
    found: list[str] = []
    for heading, text in (("classify", file.classify), ("facts", file.facts)):
        there = set(_PLACEHOLDER.findall(text))
        wanted = _PLACEHOLDERS[heading] if text else set()
        found += [f"`# {heading}` lacks the placeholder {{{name}}}" for name in sorted(wanted - there)]
        found += [f"`# {heading}` has an unknown placeholder {{{name}}}" for name in sorted(there - wanted)]
    return found


def lint_prompt_set(prompt_set: PromptSet) -> list[str]:
    """Every fault of a prompt set as a sentence, in no more words than it takes to correct it; none is good.

    >>> from backfin.enrichment.prompts import CorePromptSet
    >>> lint_prompt_set(CorePromptSet())
    []
    """
    return [
        *_of_names(prompt_set),
        *_of_taxonomy(prompt_set.categories),
        *_of_sheets(prompt_set),
        *_of_words(prompt_set),
    ]


def _of_names(prompt_set: PromptSet) -> Iterator[str]:
    if not _NAME.fullmatch(prompt_set.name):
        yield f"the name {prompt_set.name!r} is not plain: lower case letters, digits and - _ . +"
    if not prompt_set.version.strip():
        yield "the version is empty; it changes with every change of the words"


def _of_taxonomy(categories: tuple[Category, ...]) -> Iterator[str]:
    if not categories:
        yield "there is no category"
    for name, values in (
        ("label", [category.label for category in categories]),
        ("slug", [category.slug for category in categories]),
    ):
        yield from (f"two categories share the {name} {one!r}" for one in sorted(_doubles(values)))
    for category in categories:
        yield from _of_category(category)
    if categories and all(category.event_type is not EventType.ROUTINE for category in categories):
        yield "no category is routine: a filing that is nothing else needs a place too"


def _doubles(values: list[str]) -> set[str]:
    return {value for value in values if values.count(value) > 1}


def _of_category(category: Category) -> Iterator[str]:
    name = category.label
    if not name.strip() or name != name.strip():
        yield f"{name!r} is no label"
    if not _SLUG.fullmatch(category.slug):
        yield f"{name}: {category.slug!r} is no slug: lower case words with - between them"
    if category.event_type not in SHEETS:
        yield f"{name}: there is no schema {category.event_type!r}"
    if not 0 <= category.prior <= 1:
        yield f"{name}: the prior {category.prior} is not between 0 and 1"
    if not category.guidance.strip():
        yield f"{name} has no guidance"


def _of_sheets(prompt_set: PromptSet) -> Iterator[str]:
    own = getattr(prompt_set, "sheets", None) or {}
    if not isinstance(own, Mapping):
        yield "sheets is no mapping from event types to sheets"
        return
    for event_type, sheet in own.items():
        if event_type not in SHEETS:
            yield f"sheets: there is no event type {event_type!r}"
        elif sheet_of(prompt_set, event_type) is not sheet:
            yield f"the sheet of {event_type} is no subclass of {SHEETS[event_type].__name__} that is fully defined"


def _of_words(prompt_set: PromptSet) -> Iterator[str]:
    classify = prompt_set.system_prompt()
    missing = [one.label for one in prompt_set.categories if one.label not in classify]
    if missing:
        yield f"the first prompt does not name {', '.join(missing)}"
    yield from _of_prompt("the first prompt", classify)
    kinds = dict.fromkeys(one.event_type for one in prompt_set.categories if one.event_type in SHEETS)
    for event_type in kinds:
        prompt = facts_prompt_of(prompt_set, event_type)
        lost = [field for field in sheet_of(prompt_set, event_type).model_fields if field not in prompt]
        if lost:
            yield f"the prompt for {event_type.value} does not name {', '.join(lost)}"
        yield from _of_prompt(f"the prompt for {event_type.value}", prompt)


def _of_prompt(name: str, prompt: str) -> Iterator[str]:
    if not prompt.strip():
        yield f"{name} is empty"
    if left := sorted(set(_PLACEHOLDER.findall(prompt))):
        yield f"{name} has placeholders that nothing fills: {', '.join(left)}"
    if (tokens := estimate_tokens(prompt)) > MOST_TOKENS:
        yield f"{name} has about {tokens} tokens, more than {MOST_TOKENS}"
