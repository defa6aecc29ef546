"""Pairs of names that wait for a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from backfin.errors import ConfigError
from backfin.models import Judgement, Verdict
from backfin.storage.database import Database
from backfin.storage.judgements import Judgements
from backfin.storage.open_reviews import IS_OPEN, KNOWN, NEW, PAIRS
from backfin.storage.tables import announcements, reviews

_OF_KNOWN, _OF_NEW = announcements.alias("of_known"), announcements.alias("of_new")
_WITH_PLACES = PAIRS.outerjoin(
    _OF_KNOWN, _OF_KNOWN.c.announcement_id == reviews.c.known_announcement_id
).outerjoin(_OF_NEW, _OF_NEW.c.announcement_id == reviews.c.new_announcement_id)
_FULL = select(
    reviews,
    KNOWN.c.kind.label("known_kind"),
    KNOWN.c.survivor_id.label("known_survivor_id"),
    _OF_KNOWN.c.issuer_name.label("known_issuer"),
    _OF_KNOWN.c.filing_id.label("known_filing_id"),
    NEW.c.kind.label("new_kind"),
    NEW.c.survivor_id.label("new_survivor_id"),
    _OF_NEW.c.issuer_name.label("new_issuer"),
    _OF_NEW.c.filing_id.label("new_filing_id"),
    IS_OPEN.label("is_open"),
).select_from(_WITH_PLACES)
_OPEN = _FULL.where(IS_OPEN).order_by(reviews.c.score.desc(), reviews.c.review_id)
_ONE = _FULL.where(reviews.c.review_id == bindparam("id"))
_COUNT = select(func.count()).select_from(PAIRS).where(IS_OPEN)
_WHOLE = ("review_id", "known_id", "new_id", "score", "explanation", "made_at")
_SIDE = ("name", "kind", "survivor_id", "announcement_id", "filing_id", "issuer", "page", "quote")


class Reviews:
    """The table ``reviews``."""

    def __init__(self, database: Database, judgements: Judgements) -> None:
        self._database = database
        self._judgements = judgements

    def open(self, limit: int = 50) -> list[dict[str, Any]]:
        """Those that wait, the likeliest first.

        Each has ``review_id, score, explanation, made_at, is_open``, the ids both names were met under, and, as
        ``known`` and ``new``, two investors: ``investor_id, name, kind`` and where it was met:
        ``announcement_id, filing_id, issuer, page, quote``.
        """
        with self._database.read() as connection:
            return [_review(row) for row in connection.execute(_OPEN.limit(limit)).mappings()]

    def count(self) -> int:
        """How many wait."""
        with self._database.read() as connection:
            return connection.execute(_COUNT).scalar_one()

    def get(self, review_id: int) -> dict[str, Any]:
        """One of them, as :meth:`open` has it, also where it waits no more: ``is_open`` says which.

        Raises:
            ConfigError: There is no such pair.
        """
        with self._database.read() as connection:
            row = connection.execute(_ONE, {"id": review_id}).mappings().first()
        if row is None:
            raise ConfigError(f"There is no review {review_id}; `backfin investor review --json` lists them.")
        return _review(row)

    def judge(self, review_id: int, verdict: Verdict, *, by: str, why: str = "") -> Judgement:
        """Records what a person says of a pair.

        Raises:
            ConfigError: There is no such pair, it waits no more, or the verdict contradicts another.
        """
        pair = self.get(review_id)
        if not pair["is_open"]:
            raise ConfigError(
                f"Review {review_id} is decided already; `backfin investor judgements` shows by what."
            )
        return self._judgements.judge(pair["known_id"], pair["new_id"], verdict, by=by, why=why)


def _review(row: Any) -> dict[str, Any]:
    whole = {name: row[name] for name in _WHOLE} | {"is_open": bool(row["is_open"])}
    return whole | {side: _side(row, side) for side in ("known", "new")}


def _side(row: Any, side: str) -> dict[str, Any]:
    found = {name: row[f"{side}_{name}"] for name in _SIDE}
    return {"investor_id": found.pop("survivor_id")} | found
