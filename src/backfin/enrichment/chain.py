"""Asks enrichers in order until one can answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from backfin.errors import BackfinError, BudgetSpent, ConfigError, ReplyInvalid
from backfin.interfaces import Enricher, PromptSet
from backfin.models import Enrichment, Reading

log = logging.getLogger("backfin")


def enrich_with(
    reading: Reading,
    prompt_set: PromptSet,
    enrichers: Sequence[Enricher],
    passed_over: Mapping[str, str] | None = None,
) -> Enrichment:
    """The answer of the first enricher that can give one.

    An enricher that cannot (``ReplyInvalid``, ``BudgetSpent``, ``ConfigError``, or an error that is none of ours)
    is passed over, and the answer says so: the flag ``fallback:<name>``, and the reason under
    ``detail["fallback"]``. A ``TransientError`` goes through: whether to wait or to pass over is the caller's
    decision.

    Args:
        reading: What is to be read.
        prompt_set: The taxonomy.
        enrichers: Whom to ask, in order.
        passed_over: Enrichers that the caller itself passed over, and why.

    Raises:
        TransientError: The enricher asked may answer later.
        ReplyInvalid, BudgetSpent, ConfigError: The last enricher could not answer either, or there is none.
    """
    passed = dict(passed_over or {})
    for enricher in enrichers:
        try:
            answer = _asked(enricher, reading, prompt_set)
        except (ReplyInvalid, BudgetSpent, ConfigError) as problem:
            if enricher is enrichers[-1]:
                raise
            passed[enricher.name] = problem.sentence
        else:
            return _noted(answer, passed)
    raise ConfigError("No enricher is configured; enable at least the rules.")


def _asked(enricher: Enricher, reading: Reading, prompt_set: PromptSet) -> Enrichment:
    """What one enricher answers; whatever else it raises or returns is a reply that will not do."""
    try:
        answer: object = enricher.enrich(reading, prompt_set)
    except BackfinError:
        raise
    except Exception as problem:
        log.error("enricher %s raised %s", enricher.name, type(problem).__name__, exc_info=problem)
        raise ReplyInvalid(f"{enricher.name} raised {type(problem).__name__}: {problem}") from problem
    if isinstance(answer, Enrichment):
        return answer
    raise ReplyInvalid(f"{enricher.name} gives a {type(answer).__name__} for an Enrichment.")


def _noted(answer: Enrichment, passed: dict[str, str]) -> Enrichment:
    if not passed:
        return answer
    flags = (*answer.flags, *(f"fallback:{name}" for name in passed))
    return answer.model_copy(update={"flags": flags, "detail": {**answer.detail, "fallback": passed}})
