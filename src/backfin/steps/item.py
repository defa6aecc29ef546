"""What the steps of one message share of their announcement, so that each thing is read once.

A step that stores a result keeps it here for the next step of the same message; a step that starts a message of
its own finds nothing kept and reads the store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from backfin.clock import day_of
from backfin.context import Context
from backfin.identity import posting_id
from backfin.models import Announcement, Document, Enrichment, Mention, Phase, State
from backfin.notifications.rules import MatchInput, match_input
from backfin.storage.records import ORDER, Begun

T = TypeVar("T")


def keep(ctx: Context, key: str, **values: object) -> None:
    """Keeps values of an announcement for the steps that follow in this message."""
    ctx.kept.update({(key, name): value for name, value in values.items()})


def keep_begun(ctx: Context, key: str, begun: Begun) -> None:
    """Keeps what the store told when the message's first step began."""
    status = begun.status
    keep(ctx, key, state=status.state, filing=status.filing_id or key, is_new=begun.enrichment_id is None)
    if begun.announcement is not None:
        keep(ctx, key, announcement=begun.announcement)
    if status.filing_id is None:
        keep(ctx, key, documents=())


def announcement_of(ctx: Context, key: str) -> Announcement:
    """The announcement itself."""
    return _kept(ctx, key, "announcement", lambda: ctx.store.announcements.get(key))


def state_of(ctx: Context, key: str) -> State:
    """How far it has come."""
    return _kept(ctx, key, "state", lambda: ctx.store.announcements.status(key).state)


def filing_of(ctx: Context, key: str) -> str:
    """The filing it belongs to; itself, before its document was read."""
    return _kept(ctx, key, "filing", lambda: ctx.store.announcements.status(key).filing_id or key)


def posting_of(ctx: Context, announcement: Announcement) -> str:
    """What the exchange shows of the filing: two announcements with the same files are one posting."""
    files = [attachment.name for attachment in announcement.attachments]
    if not files:
        return announcement.announcement_id
    code = announcement.scrip_code or announcement.symbol or announcement.issuer_name
    day = day_of(announcement.disseminated_at, ctx.exchange(announcement.exchange).zone)
    return posting_id(announcement.exchange, code, day, files)


def documents_of(ctx: Context, key: str) -> Sequence[Document]:
    """Its documents with their pages."""
    return _kept(ctx, key, "documents", lambda: ctx.store.documents.of(key))


def has_lost_text(ctx: Context, key: str) -> bool:
    """Whether a text that its facts were read from is no longer kept."""
    return any(document.has_lost_text for document in documents_of(ctx, key))


def enrichment_of(ctx: Context, key: str) -> Enrichment | None:
    """Its latest enrichment."""
    return _kept(ctx, key, "enrichment", lambda: ctx.store.enrichments.latest(key))


def mentions_of(ctx: Context, key: str) -> Sequence[Mention]:
    """Who appears in it."""
    return _kept(ctx, key, "mentions", lambda: ctx.store.investors.mentions(key))


def subject_of(ctx: Context, key: str, phase: Phase) -> MatchInput:
    """What rules are held against in a phase: the exchange's words, and after the flash what is known beside them.

    An investor is meant by every name, id and group it has.
    """
    if phase is Phase.FLASH:
        return match_input(announcement_of(ctx, key), None)
    mentions = mentions_of(ctx, key)
    ids = {mention.investor_id for mention in mentions}
    return match_input(
        announcement_of(ctx, key),
        enrichment_of(ctx, key),
        mentions,
        investor_names=ctx.store.investors.known_as(ids),
        groups=ctx.store.memberships.labels(ids),
    )


def was_enriched_before(ctx: Context, key: str) -> bool:
    """Whether it may have had an enrichment before this message."""
    return not ctx.kept.get((key, "is_new"), False)


def tries_of(ctx: Context, key: str) -> int:
    """How often the message at hand was tried, this time included."""
    return _kept(ctx, key, "tries", lambda: 1)


def has_reached(ctx: Context, key: str, state: State) -> bool:
    """Whether the result of the step that leads to ``state`` is in the store, so that it is not done twice."""
    current = state_of(ctx, key)
    return current in ORDER and ORDER.index(current) >= ORDER.index(state)


#: By actor, the state from which it takes an announcement on.
STATE_BEFORE = {
    "backfin.read": State.STORED,
    "backfin.enrich": State.READ,
    "backfin.investors": State.ENRICHED,
    "backfin.match": State.LINKED,
}
_STEP_AFTER = {state: actor for actor, state in STATE_BEFORE.items()} | {State.MATCHED: "backfin.match"}


def step_after(state: State) -> str:
    """Name of the actor that takes an announcement on from a state; a failed one starts anew."""
    return _STEP_AFTER.get(state, "backfin.read")


def _kept(ctx: Context, key: str, name: str, load: Callable[[], T]) -> T:
    if (key, name) not in ctx.kept:
        ctx.kept[key, name] = load()
    return cast(T, ctx.kept[key, name])
