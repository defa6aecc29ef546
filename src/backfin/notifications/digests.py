"""What a digest shows, made once for every template, and how it is handed to a channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from backfin.errors import ConfigError
from backfin.interfaces import Notifier
from backfin.models import Alert, Digest, Receipt
from backfin.notifications.addresses import mask
from backfin.notifications.clean import fit, one_line
from backfin.notifications.view import AlertView, FactLine, fact_label, view_of

#: Facts shown of one filing.
_MOST_FACTS = 5

_WATCHES_CHARS = 300


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One filing of a digest: what its alert would show, cut to what fits a list."""

    view: AlertView
    event_type: str
    facts: tuple[FactLine, ...]
    more_facts: int


@dataclass(frozen=True, slots=True)
class IssuerGroup:
    """The filings of one issuer, the most material first."""

    issuer: str
    codes: str
    entries: tuple[DigestEntry, ...]


@dataclass(frozen=True, slots=True)
class DigestView:
    """Everything a template shows. Every string is clean and still unescaped; what is empty is not shown."""

    title: str
    period: str
    days: int
    watches: str
    has_many_watches: bool
    groups: tuple[IssuerGroup, ...]
    more: int
    see_all: str
    delivery_id: str


def digest_view(digest: Digest) -> DigestView:
    """What there is to show of a digest."""
    zone = ZoneInfo(digest.zone)
    since, until = digest.since.astimezone(zone), digest.until.astimezone(zone)
    return DigestView(
        title=f"{digest.count} filing{'s' if digest.count != 1 else ''} for {_named(digest.watches)}",
        period=f"{_moment(since)} to {_moment(until)} ({digest.zone})",
        days=0 if digest.by_hand else (until.date() - since.date()).days,
        watches=fit(", ".join(map(one_line, digest.watches)), _WATCHES_CHARS),
        has_many_watches=len(digest.watches) > 1,
        groups=_groups(digest.filings),
        more=digest.count - len(digest.filings),
        see_all=one_line(digest.see_all),
        delivery_id="" if digest.by_hand else one_line(digest.delivery_id),
    )


def takes_digests(notifier: Notifier) -> bool:
    """Whether a channel can be handed digests."""
    return callable(getattr(notifier, "send_digest", None))


def hand_over(notifier: Notifier, message: Alert | Digest, address: str) -> Receipt:
    """Sends an alert or a digest.

    Raises:
        ConfigError: The channel takes no digests; besides, whatever it raises itself.
    """
    if isinstance(message, Alert):
        return notifier.send(message, address)
    refuse_digests(notifier, address)
    channel: Any = notifier
    receipt: Receipt = channel.send_digest(message, address)
    return receipt


def refuse_digests(notifier: Notifier, address: str) -> None:
    """Accepts a channel that takes digests.

    Raises:
        ConfigError: It takes none.
    """
    if not takes_digests(notifier):
        raise ConfigError(
            f"The channel {notifier.name} of {mask(address)} takes no digests; "
            "use --cadence instant for it, without --quiet, --max-a-day and --burst."
        )


def _groups(filings: Iterable[Alert]) -> tuple[IssuerGroup, ...]:
    """By issuer: first the one with the most material filing, as the filings themselves are in that order."""
    by_issuer: dict[str, list[AlertView]] = {}
    entries: dict[str, list[DigestEntry]] = {}
    for alert in filings:
        item, view = alert.announcement, view_of(alert)
        issuer = item.isin or f"{item.exchange} {item.scrip_code or item.symbol or item.issuer_name}"
        by_issuer.setdefault(issuer, []).append(view)
        entries.setdefault(issuer, []).append(_entry(alert, view))
    return tuple(
        IssuerGroup(views[0].issuer, views[0].codes, tuple(entries[issuer]))
        for issuer, views in by_issuer.items()
    )


def _entry(alert: Alert, view: AlertView) -> DigestEntry:
    event_type = fact_label(alert.enrichment.event_type.value) if alert.enrichment else ""
    facts = view.facts[:_MOST_FACTS]
    return DigestEntry(view, event_type, facts, len(view.facts) - len(facts))


def _named(watches: tuple[str, ...]) -> str:
    named = ", ".join(map(one_line, watches[:2]))
    rest = len(watches) - 2
    return f"{named} and {rest} more" if rest > 0 else named


def _moment(local: datetime) -> str:
    return f"{local.day} {local:%b %Y, %H:%M}"
