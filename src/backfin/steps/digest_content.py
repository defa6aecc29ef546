"""What a digest tells, read from the store: of the outbox, or of any days and any rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from shlex import quote

from backfin.clock import IST, day_bounds, day_of
from backfin.context import Context
from backfin.errors import ConfigError
from backfin.identity import delivery_id
from backfin.models import Alert, Delivery, Digest, Phase, State
from backfin.notifications.rules import Rule, parse_rule
from backfin.steps.digest import daily_of
from backfin.steps.item import enrichment_of, subject_of
from backfin.storage.digests import Collected
from backfin.storage.records import Status

#: Filings shown in one digest; a mail of more is cut by those who show it.
MOST_SHOWN = 50

#: What a watch is called whose name nobody knows any more.
REMOVED = "a watch that was removed"


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
    watches = {item.watch_id for items in by_filing.values() for item in items}
    found = {watch_id: ctx.store.watches.get(watch_id) for watch_id in watches}
    names = {watch_id: watch.name if watch else REMOVED for watch_id, watch in found.items()}
    zone = daily_of(ctx, next((one for one in found.values() if one is not None), None)).zone
    assert delivery.since_at is not None
    assert delivery.until_at is not None
    return Digest(
        delivery_id=delivery.delivery_id,
        watches=tuple(sorted(set(names.values()), key=str.casefold)),
        since=delivery.since_at,
        until=delivery.until_at,
        zone=zone.key,
        filings=tuple(_filing(ctx, items, names) for items in list(by_filing.values())[:most]),
        count=len(by_filing),
        see_all=f"backfin digest {delivery.delivery_id}",
    )


def _filing(ctx: Context, items: list[Collected], names: dict[str, str]) -> Alert:
    first = items[0]
    told = sorted({names[item.watch_id] for item in items}, key=str.casefold)
    return alert_of(
        ctx,
        first.announcement_id,
        delivery_id=first.delivery_id,
        watch_name=", ".join(told),
        filing_id=first.filing_id,
    )


def alert_of(ctx: Context, announcement_id: str, **values: str) -> Alert:
    """An announcement with what is known of it by now, as a channel is told of it.

    Raises:
        PermanentError: The store does not hold it.
    """
    enrichment = ctx.store.enrichments.latest(announcement_id)
    return Alert(
        **values,
        phase=Phase.FLASH if enrichment is None else Phase.ENRICHED,
        announcement=ctx.store.announcements.get(announcement_id),
        enrichment=enrichment,
        mentions=tuple(ctx.store.investors.mentions(announcement_id)),
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
    wanted = parse_rule(rule)
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
            alert_of(ctx, by_filing[one].announcement_id, delivery_id="", watch_name=name, filing_id=one)
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
        if rule.matches(subject_of(of, status.announcement_id)):
            yield status, -1 if enrichment is None else enrichment.materiality
