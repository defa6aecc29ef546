"""What a watch would have sent: its rule held against announcements of the store. Writes and sends nothing."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

from backfin.app import Backfin
from backfin.cli.output import tell
from backfin.cli.watch_options import doubts_about
from backfin.clock import day_of
from backfin.context import Context
from backfin.errors import ConfigError
from backfin.models import Phase, State
from backfin.notifications.misses import near_miss
from backfin.notifications.rules import Rule, parse_rule
from backfin.steps.item import announcement_of, enrichment_of, subject_of
from backfin.storage.records import Status
from backfin.suggest import nearest

#: Near misses that are listed; all are counted.
MOST_MISSES = 20

#: Days looked back when nobody says how many.
_DEFAULT_DAYS = 7

#: What shows that a text is no name but a rule of more than words.
_RULE_MARK = re.compile(r"""[=:<>!()*"“]""")


def rehearse(app: Backfin, watch_or_rule: str, since: date | None, phase: str) -> dict[str, Any]:
    """Figures of a watch, by name or id, or of a rule.

    Args:
        app: Backfin with its store ready.
        watch_or_rule: A watch that is there, else a rule.
        since: First day; a week ago when left out.
        phase: When a rule speaks; a watch has its own.

    Returns:
        ``rule``, ``since``, ``items`` (one for each filing and phase, oldest first), ``days`` with their ``count``,
        ``near_misses`` (what one condition alone kept from being told, the newest first, at most
        :data:`MOST_MISSES`) and ``near_miss_counts`` (how many there are, by condition).

    Raises:
        ConfigError: It is no watch and no rule either, or looks like a slip of a watch's name.
    """
    first = since or day_of(app.clock.now()) - timedelta(days=_DEFAULT_DAYS)
    text, chosen = _meant(app, watch_or_rule, Phase(phase))
    vocabulary = app.context.vocabulary
    rule = parse_rule(text, vocabulary)
    for doubt in doubts_about(rule, vocabulary):
        tell(doubt)
    found = _Found(rule, chosen)
    for status in app.context.store.announcements.select(first=first):
        found.look_at(app.context.for_message(None), status)
    days = Counter(item["day"] for item in found.items)
    misses = list(found.misses.values())[::-1]
    causes = Counter(missed["condition"] for miss in misses for missed in miss["missed"])
    return {
        "rule": text,
        "since": first.isoformat(),
        "items": found.items,
        "days": [{"day": day, "count": count} for day, count in sorted(days.items())],
        "near_misses": misses[:MOST_MISSES],
        "near_miss_counts": [{"condition": one, "count": count} for one, count in causes.most_common()],
    }


def _meant(app: Backfin, text: str, phase: Phase) -> tuple[str, Phase]:
    watches = app.store.watches.list()
    for watch in watches:
        if text in (watch.name, watch.watch_id):
            return watch.rule, Phase.ENRICHED if watch.tells_facts_only else watch.phase
    if not _RULE_MARK.search(text):
        _say_it_is_a_rule(text, [watch.name for watch in watches])
    return text, phase


def _say_it_is_a_rule(text: str, names: list[str]) -> None:
    by_form = {name.casefold(): name for name in names}
    near = nearest(text.casefold(), by_form, cutoff=0.8)
    if near is not None:
        raise ConfigError(
            f"There is no watch {text!r}; did you mean {by_form[near]!r}? "
            "A rule that is nothing but these words is written in brackets, (…)."
        )
    tell(f"There is no watch {text!r}; it is taken as a rule.")


class _Found:
    """What a rule would have sent, each filing once in a phase as when it is sent, and what it just missed."""

    def __init__(self, rule: Rule, chosen: Phase) -> None:
        self._rule = rule
        self._phases = [phase for phase in (Phase.FLASH, Phase.ENRICHED) if chosen in (phase, Phase.BOTH)]
        self._sent: set[tuple[str, Phase]] = set()
        self.items: list[dict[str, Any]] = []
        self.misses: dict[str, dict[str, Any]] = {}

    def look_at(self, ctx: Context, status: Status) -> None:
        """Holds the rule against an announcement. ``ctx`` is one of this announcement alone."""
        for phase in self._phases:
            filing = status.announcement_id if phase is Phase.FLASH else status.filing_id or ""
            is_known = phase is Phase.FLASH or status.state in (State.LINKED, State.MATCHED)
            if (filing, phase) in self._sent or not is_known:
                continue
            subject = subject_of(ctx, status.announcement_id, phase)
            if self._rule.matches(subject):
                self._sent.add((filing, phase))
                self.misses.pop(filing, None)
                self.items.append(_item(ctx, status, phase))
            elif phase is Phase.ENRICHED and (missed := near_miss(self._rule, subject)):
                self.misses[filing] = {
                    **_item(ctx, status, phase),
                    "missed": [{"condition": one.condition, "value": one.value} for one in missed],
                    "why": "; or ".join(one.sentence for one in missed),
                }


def _item(ctx: Context, status: Status, phase: Phase) -> dict[str, Any]:
    key = status.announcement_id
    announcement = announcement_of(ctx, key)
    enrichment = enrichment_of(ctx, key) if phase is Phase.ENRICHED else None
    return {
        "announcement_id": key,
        "day": status.day.isoformat(),
        "phase": phase.value,
        "issuer_name": announcement.issuer_name,
        "category": enrichment.category if enrichment else announcement.exchange_category,
        "subject": announcement.subject,
        "headline": announcement.headline,
        "enriched_headline": enrichment.headline if enrichment else None,
        "materiality": enrichment.materiality if enrichment else None,
    }
