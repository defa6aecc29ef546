"""The linter of prompt sets, for the tests of those who write one."""

from __future__ import annotations

from backfin.enrichment.prompts import lint_prompt_file, lint_prompt_set

__all__ = ["lint_prompt_file", "lint_prompt_set"]
