"""Prompt sets are text files with front matter; this reads and checks them."""

from __future__ import annotations

from backfin.enrichment.prompts.files import PromptFile, parse_prompt_file
from backfin.enrichment.prompts.lint import lint_prompt_file, lint_prompt_set
from backfin.enrichment.prompts.sets import (
    CorePromptSet,
    FilePromptSet,
    core_prompts,
    facts_prompt_of,
    load_prompt_set,
    sheet_of,
)

__all__ = [
    "CorePromptSet",
    "FilePromptSet",
    "PromptFile",
    "core_prompts",
    "facts_prompt_of",
    "lint_prompt_file",
    "lint_prompt_set",
    "load_prompt_set",
    "parse_prompt_file",
    "sheet_of",
]
