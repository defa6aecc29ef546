"""Companies under the names they had before: one investor, unless somebody has judged otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, insert, or_, select

from backfin.investors.former import Renaming
from backfin.models import Verdict
from backfin.storage.clusters import BACKFIN, forming_anew, next_id, said_between, survivors
from backfin.storage.tables import investor_links as links

_SAID = (
    select(links.c.link_id)
    .where(
        or_(
            and_(links.c.one_id == bindparam("one"), links.c.other_id == bindparam("other")),
            and_(links.c.one_id == bindparam("other"), links.c.other_id == bindparam("one")),
        )
    )
    .limit(1)
)


def join_renamed(connection: Connection, renamings: Sequence[Renaming], now: datetime) -> None:
    """Joins each company with the investor of its former name, both of which are there.

    A pair of which anything was ever said, be it undone, is left alone, and so is one that is told apart.

    Args:
        connection: Of a transaction that holds the book's lock.
        renamings: Who was called what.
        now: When that is.
    """
    for renaming in renamings:
        pair = renaming.present.investor_id, renaming.former.investor_id
        groups = set(survivors(connection, pair).values())
        is_said = connection.execute(_SAID, {"one": pair[0], "other": pair[1]}).first() is not None
        if len(groups) == 1 or is_said or said_between(connection, groups, Verdict.NOT_SAME):
            continue
        row = {
            "link_id": next_id(connection, links.c.link_id),
            "one_id": pair[0],
            "other_id": pair[1],
            "verdict": Verdict.SAME.value,
            "made_by": BACKFIN,
            "why": renaming.why,
            "made_at": now,
        }
        with forming_anew(connection, groups):
            connection.execute(insert(links), row)
