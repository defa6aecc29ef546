"""What a digest tells, read from the store: of the outbox, or of any days and any rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from shlex import quote
from zoneinfo import ZoneInfo

from backfin.clock import IST, day_bounds, day_of
from backfin.context import Context
from backfin.errors import ConfigError
from backfin.identity import delivery_id
from backfin.models import Alert, Delivery, Digest, Phase, State
from backfin.notifications.rules import Rule, parse_rule
from backfin.steps.alert import alert_of, names_of
from backfin.steps.item import enrichment_of, subject_of
from backfin.steps.limits import zone_of
from backfin.storage.digests import Collected
from backfin.storage.records import Status

#: Filings shown in one digest; a mail of more is cut by those who show it.
MOST_SHOWN = 50


def digest_of(ctx: Context, delivery: Delivery, most: int | None = MOST_SHOWN) -> Digest:
    """The digest of a delivery: each filing once, however many watches it matched.

    Args:
        ctx: The context.
        delivery: A digest of the outbox.
        most: How many filings are shown; all when ``None``.
    """
    by_filing: dict[str, list[Collected]] = {}
    for item in ctx.store.digests.items(delivery.delivery_id):
        by_filing.setdefault(item.filing_id, []).append(item)
    watches = sorted({item.watch_id for items in by_filing.values() for item in items})
    names = dict(zip(watches, names_of(ctx, watches), strict=True))
    assert delivery.since_at is not None
    assert delivery.until_at is not None
    return Digest(
        delivery_id=delivery.token,
        watches=tuple(sorted(set(names.values()), key=str.casefold)),
        since=delivery.since_at,
        until=delivery.until_at,
        zone=_zone_of(ctx, watches).key,
        filings=tuple(_filing(ctx, items, names) for items in list(by_filing.values())[:most]),
        count=len(by_filing),
        see_all=f"backfin digest {delivery.delivery_id}",
    )


def _zone_of(ctx: Context, watch_ids: list[str]) -> ZoneInfo:
    """The zone of the first watch that is still there."""
    found = (ctx.store.watches.get(one) for one in watch_ids)
    watch = next((one for one in found if one is not None), None)
    return zone_of(ctx, watch)


def _filing(ctx: Context, items: list[Collected], names: dict[str, str]) -> Alert:
    first = items[0]
    told = [names[item.watch_id] for item in items]
    return alert_of(
        ctx, first.announcement_id, told, delivery_id=first.delivery_id, filing_id=first.filing_id
    )


def digest_of_days(
    ctx: Context, since: date, until: date | None = None, rule: str = "*", most: int | None = MOST_SHOWN
) -> Digest:
    """A digest of what a rule matches among the filings of some days, whether or not anybody watched them.

    Args:
        ctx: The context.
        since: First day, in India.
        until: Last day, included; today when left out.
        rule: As for a watch; an ISIN alone is the digest of one issuer, ``*`` that of all.
        most: How many filings are shown; all when ``None``.

    Raises:
        ConfigError: The rule cannot be read, or the last day lies before the first.
    """
    last = until or day_of(ctx.clock.now())
    if last < since:
        raise ConfigError(f"The last day {last} lies before the first day {since}; exchange the two.")
    wanted = parse_rule(rule, ctx.vocabulary)
    by_filing: dict[str, Status] = {}
    scores: dict[str, int] = {}
    for status, score in _matching(ctx, wanted, since, last):
        filing = status.filing_id or status.announcement_id
        by_filing.setdefault(filing, status)
        scores.setdefault(filing, score)
    ranked = sorted(by_filing, key=lambda filing: -scores[filing])
    name = rule if rule != "*" else "everything"
    return Digest(
        delivery_id=delivery_id(rule, f"{since} {last}", "by hand", ctx.clock.now().isoformat()),
        watches=(name,),
        since=day_bounds(since)[0],
        until=day_bounds(last)[1],
        zone=IST.key,
        filings=tuple(
            alert_of(ctx, by_filing[one].announcement_id, [name], delivery_id="", filing_id=one)
            for one in ranked[:most]
        ),
        count=len(by_filing),
        see_all=f"backfin digest --since {since} --until {last} --rule {quote(rule)}",
        by_hand=True,
    )


def _matching(ctx: Context, rule: Rule, since: date, last: date) -> Iterator[tuple[Status, int]]:
    """Announcements the rule means, the newest first, with their materiality (-1 where it is unknown)."""
    for status in reversed(ctx.store.announcements.select(first=since, last=last)):
        if status.state is State.FAILED and ctx.store.announcements.find(status.announcement_id) is None:
            continue
        of = ctx.for_message(None)
        enrichment = enrichment_of(of, status.announcement_id)
        if rule.matches(subject_of(of, status.announcement_id, Phase.ENRICHED)):
            yield status, -1 if enrichment is None else enrichment.materiality
