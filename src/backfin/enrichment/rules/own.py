"""The rules a prompt set brings, asked beside the core's; what they do wrong leaves the filing to the core's."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from backfin.enrichment.prompts import sheet_of
from backfin.enrichment.rules.classify import Verdict
from backfin.enrichment.rules.quotes import Extract
from backfin.errors import ParseError
from backfin.interfaces import Category, PromptSet, RulesReading
from backfin.models import Reading, Sentiment
from backfin.models.sheets import check_facts

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Own:
    """What is to be taken for the filing; ``category`` and ``extract`` are ``None`` where the core's rules say."""

    verdict: Verdict
    category: Category | None = None
    extract: Extract | None = None
    headline: str = ""
    judged: tuple[Sentiment, str] | None = None
    flags: tuple[str, ...] = ()


def own_reading(prompt_set: PromptSet, reading: Reading, verdict: Verdict) -> Own:
    """The reading of the set's own rules; the core's verdict as it is when there are none, or they pass.

    Rules that raise, or answer with a label or a fact the set does not have, are passed over with a line in the
    log and the flag ``fallback:<name of the set>``.
    """
    rules = getattr(prompt_set, "read_by_rules", None)
    if rules is None:
        return Own(verdict)
    try:
        found = rules(reading, verdict.event_type)
        return Own(verdict) if found is None else _taken(prompt_set, found, verdict)
    except (Exception, SystemExit) as error:
        _log.warning("the rules of %s are passed over: %s: %s", prompt_set.name, type(error).__name__, error)
        return Own(verdict, flags=(f"fallback:{prompt_set.name}",))


def _taken(prompt_set: PromptSet, found: RulesReading, verdict: Verdict) -> Own:
    by_label = {category.label: category for category in prompt_set.categories}
    unknown = [label for label in (found.category, *found.also) if label not in by_label]
    if unknown:
        raise ParseError(f"The prompt set {prompt_set.name!r} has no label {', '.join(unknown)}.")
    category = by_label[found.category]
    sheet = sheet_of(prompt_set, category.event_type)
    facts = check_facts(category.event_type, dict(found.facts), sheet)
    also = tuple(dict.fromkeys(label for label in found.also if label != category.label))
    return Own(
        replace(verdict, label=category.label, event_type=category.event_type, also=also),
        category,
        Extract(facts, list(found.parties)),
        found.headline,
        None if found.sentiment is None else (found.sentiment, found.reason),
    )
