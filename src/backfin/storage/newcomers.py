"""Investors met for the first time: each is stored, found by its keys, and linked or put before a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from backfin.investors.candidates import Step, keys_to_ask
from backfin.investors.decide import Decision, Near, decide_all, why_linked
from backfin.models import Investor, Mention, Verdict
from backfin.storage.clusters import BACKFIN, lock_book, next_id
from backfin.storage.known_names import NamesInStore, add_keys
from backfin.storage.statements import insert_ignore
from backfin.storage.tables import investor_links, investors, mentions, reviews

#: The rules of comparing, counted up when they bring together names that they did not before: `backfin investor
#: compare` then holds everybody against all others once more.
COMPARING = 1

_ADD = insert_ignore(investors, returning=["investor_id"])
_JOIN = (
    update(investors).where(investors.c.investor_id == bindparam("id")).values(survivor_id=bindparam("under"))
)
_PLACE = (
    select(mentions.c.announcement_id, mentions.c.page, mentions.c.quote)
    .join(investors, investors.c.investor_id == mentions.c.investor_id)
    .where(investors.c.survivor_id == bindparam("under"))
    .order_by(
        (mentions.c.investor_id == bindparam("own")).desc(),
        mentions.c.created_at.desc(),
        mentions.c.mention_id,
    )
    .limit(1)
)


def add_new(connection: Connection, met: Sequence[Investor]) -> list[Investor]:
    """Stores those investors that are not there yet, each alone, and returns them in their order.

    The transaction holds the book's lock from here on.
    """
    lock_book(connection)
    rows = {investor.investor_id: _row(investor) for investor in met}
    new_ids = set(_ADD.run(connection, [row for _, row in sorted(rows.items())]).scalars())
    return list({one.investor_id: one for one in met if one.investor_id in new_ids}.values())


def resolve_new(
    connection: Connection,
    new: Sequence[Investor],
    told: Sequence[Mention],
    survivors: Mapping[str, str],
    now: datetime,
) -> None:
    """Links those that are surely known, and puts those that may be before a person.

    Args:
        connection: Of the transaction that added them.
        new: From :func:`add_new`.
        told: All mentions of the filing they were met in; none for those a person adds.
        survivors: Whom the filing's other investors are shown under.
        now: When that is.
    """
    book = NamesInStore(connection, without=[one.investor_id for one in new])
    book.look_up({key for one in new for key in keys_to_ask(one.name)})
    decisions = list(zip(new, decide_all(new, told, survivors, book), strict=True))
    add_keys(connection, new)
    _link(connection, decisions, now)
    _put_reviews(connection, decisions, told, now)


def _row(investor: Investor) -> dict[str, Any]:
    key = investor.investor_id
    return investor.model_dump(exclude={"names"}) | {"survivor_id": key, "compared_by": COMPARING}


def _link(connection: Connection, decisions: Sequence[tuple[Investor, Decision]], now: datetime) -> None:
    linked = [(one, decision.near[0]) for one, decision in decisions if decision.step is Step.LINK]
    if not linked:
        return
    first = next_id(connection, investor_links.c.link_id)
    rows = [
        {
            "link_id": first + place,
            "one_id": near.investor.investor_id,
            "other_id": one.investor_id,
            "verdict": Verdict.SAME.value,
            "score": near.score,
            "made_by": BACKFIN,
            "why": why_linked(one, near),
            "made_at": now,
        }
        for place, (one, near) in enumerate(linked)
    ]
    connection.execute(insert(investor_links), rows)
    moved = [{"id": one.investor_id, "under": near.investor.survivor_id} for one, near in linked]
    connection.execute(_JOIN, moved)


def _put_reviews(
    connection: Connection,
    decisions: Sequence[tuple[Investor, Decision]],
    told: Sequence[Mention],
    now: datetime,
) -> None:
    pairs = [
        (one, near) for one, decision in decisions if decision.step is Step.REVIEW for near in decision.near
    ]
    if not pairs:
        return
    places: dict[str, Mention] = {}
    for mention in told:
        places.setdefault(mention.investor_id, mention)
    first = next_id(connection, reviews.c.review_id)
    rows = [
        {"review_id": first + place, "made_at": now} | review_of(connection, one, near, places)
        for place, (one, near) in enumerate(pairs)
    ]
    connection.execute(insert(reviews), rows)


def review_of(
    connection: Connection, one: Investor, near: Near, places: Mapping[str, Mention]
) -> dict[str, Any]:
    """The columns of a pair that a person should look at, with the place where each of the two was met.

    Args:
        connection: Of the transaction.
        one: Whose name may be another's.
        near: Whose it may be.
        places: A mention of some investors in the filing at hand; others have theirs from the store.
    """
    known = near.investor
    return {
        "known_id": known.investor_id,
        "new_id": one.investor_id,
        "score": near.score,
        "explanation": near.candidate.comparison.explanation,
        "known_name": known.name,
        "new_name": one.name,
        **_place(connection, "known", (known.investor_id, known.survivor_id), places),
        **_place(connection, "new", (one.investor_id, one.investor_id), places),
    }


def _place(
    connection: Connection, side: str, ids: tuple[str, str], places: Mapping[str, Mention]
) -> dict[str, Any]:
    """Where an investor was met: in the filing at hand, else last, by the name in question if it can be.

    Its ids are that of the name and that it is shown under.
    """
    own, under = ids
    found: Any = places.get(own)
    if found is None:
        found = connection.execute(_PLACE, {"own": own, "under": under}).first()
    return {
        f"{side}_announcement_id": found and found.announcement_id,
        f"{side}_page": found and found.page,
        f"{side}_quote": found.quote if found else "",
    }
