"""A prompt set for drug makers: their approvals, inspections, trials and launches, with rules and with a model."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from backfin import hookimpl
from backfin.interfaces import PromptSet
from backfin.plugins.services import Services
from backfin_prompts_pharma.config import PharmaConfig
from backfin_prompts_pharma.prompts import PharmaPrompts

__all__ = ["PharmaConfig", "PharmaPrompts", "backfin_config_model", "backfin_prompt_sets"]

backfin_api = "1"


@hookimpl
def backfin_config_model() -> type[BaseModel] | None:
    """The model of ``[plugin.prompts-pharma]``."""
    return PharmaConfig


@hookimpl
def backfin_prompt_sets(config: PharmaConfig, services: Services) -> Iterable[PromptSet]:
    """The one set."""
    return [PharmaPrompts(config, services.issuer)]
