"""What a watch would have sent: its rule held against announcements of the store. Writes and sends nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from backfin.app import Backfin
from backfin.clock import day_of
from backfin.context import Context
from backfin.models import Phase, State
from backfin.notifications.rules import Rule, parse_rule
from backfin.steps.item import announcement_of, enrichment_of, subject_of
from backfin.storage.records import Status

#: Days looked back when nobody says how many.
_DEFAULT_DAYS = 7


def rehearse(app: Backfin, watch_or_rule: str, since: date | None, phase: str) -> dict[str, Any]:
    """Figures of a watch, by name or id, or of a rule.

    Args:
        app: Backfin with its store ready.
        watch_or_rule: A watch that is there, else a rule.
        since: First day; a week ago when left out.
        phase: When a rule speaks; a watch has its own.

    Returns:
        ``rule``, ``since``, ``items`` (one for each filing and phase, oldest first) and ``days`` with their
        ``count``.

    Raises:
        ConfigError: It is no watch, and no rule either.
    """
    first = since or day_of(app.clock.now()) - timedelta(days=_DEFAULT_DAYS)
    text, chosen = _meant(app, watch_or_rule, Phase(phase))
    items = list(_items(app.context, parse_rule(text), first, chosen))
    counts = Counter(item["day"] for item in items)
    return {
        "rule": text,
        "since": first.isoformat(),
        "items": items,
        "days": [{"day": day, "count": count} for day, count in sorted(counts.items())],
    }


def _meant(app: Backfin, text: str, phase: Phase) -> tuple[str, Phase]:
    for watch in app.store.watches.list():
        if text in (watch.name, watch.watch_id):
            return watch.rule, Phase.ENRICHED if watch.tells_facts_only else watch.phase
    return text, phase


def _items(ctx: Context, rule: Rule, first: date, chosen: Phase) -> Iterator[dict[str, Any]]:
    """Alerts, each filing once in a phase as when they are sent."""
    phases = [phase for phase in (Phase.FLASH, Phase.ENRICHED) if chosen in (phase, Phase.BOTH)]
    sent: set[tuple[str, Phase]] = set()
    for status in ctx.store.announcements.select(first=first):
        for phase in phases:
            filing = status.announcement_id if phase is Phase.FLASH else status.filing_id or ""
            if (filing, phase) not in sent and _matches(ctx.for_message(None), rule, status, phase):
                sent.add((filing, phase))
                yield _item(ctx, status, phase)


def _matches(ctx: Context, rule: Rule, status: Status, phase: Phase) -> bool:
    if phase is not Phase.FLASH and status.state not in (State.LINKED, State.MATCHED):
        return False
    return rule.matches(subject_of(ctx, status.announcement_id, phase))


def _item(ctx: Context, status: Status, phase: Phase) -> dict[str, Any]:
    key = status.announcement_id
    announcement = announcement_of(ctx.for_message(None), key)
    enrichment = enrichment_of(ctx.for_message(None), key) if phase is Phase.ENRICHED else None
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
