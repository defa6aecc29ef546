"""Search over announcements: newest first, with filters, full text and cursors.

Results are never ranked: ordering by place in time lets the database stop after one page, ranking a common
word reads every filing that has it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, literal_column, select

from backfin.errors import ConfigError
from backfin.storage.database import Database
from backfin.storage.positions import span
from backfin.storage.records import SearchPage
from backfin.storage.tables import announcement_search as _text
from backfin.storage.tables import announcements as a

#: Keys of a result, from columns of the table.
RESULT = {
    "announcement_id": a.c.announcement_id,
    "exchange": a.c.exchange,
    "native_id": a.c.native_id,
    "day": a.c.day,
    "isin": a.c.isin,
    "scrip_code": a.c.scrip_code,
    "symbol": a.c.symbol,
    "issuer_name": a.c.issuer_name,
    "subject": a.c.subject,
    "headline": a.c.headline,
    "exchange_category": a.c.exchange_category,
    "exchange_subcategory": a.c.exchange_subcategory,
    "submitted_at": a.c.submitted_at,
    "disseminated_at": a.c.disseminated_at,
    "first_seen_at": a.c.first_seen_at,
    "state": a.c.state,
    "error": a.c.error,
    "filing_id": a.c.filing_id,
    "category": a.c.category,
    "event_type": a.c.event_type,
    "sentiment": a.c.sentiment,
    "materiality": a.c.materiality,
    "enriched_headline": a.c.enriched_headline,
    "summary": a.c.enriched_summary,
}
_COLUMNS = tuple(column.label(key) for key, column in RESULT.items())
_TOP = a.c.materiality.is_not(None)

#: Of so few announcements that come into question, each is asked for the words: that costs less than going through all
#: that have the words. Of up to ``SOME`` it does so where more than ``MANY`` have the words.
FEW, SOME, MANY = 500, 2000, 8000

#: Of so many of the newest announcements, and then of so many more, PostgreSQL looks at the words one by one, which
#: takes it some milliseconds.
WALKS = (10_000, 30_000)


class Search:
    """Looks announcements up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        *,
        since: date | None = None,
        until: date | None = None,
        isin: str | None = None,
        category: str | None = None,
        event_type: str | None = None,
        query: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> SearchPage:
        """One page of the announcements that meet every condition given, newest first.

        Args:
            since: First day, in the exchange's zone.
            until: Last day, included.
            isin: Of this issuer.
            category: Whose latest enrichment has this category.
            event_type: Whose latest enrichment has this event type.
            query: Words that must all stand in the issuer's name, subject, headline, body, or the
                enrichment's headline and summary. Any text is a valid query.
            limit: Results on a page.
            after: The ``next`` of the page before.

        Raises:
            ConfigError: ``after`` is no cursor of a search.
        """
        wanted: list[ColumnElement[bool]] = [
            column == value
            for column, value in ((a.c.isin, isin), (a.c.category, category), (a.c.event_type, event_type))
            if value is not None
        ]
        first = wanted[:1]
        wanted += [] if since is None else [a.c.day >= since]
        wanted += [] if until is None else [a.c.day <= until]
        # What could not be parsed stands where it was first seen, whatever its day; no words are found in it.
        low, high = span(since, until) if query else span(None, None)
        if after is not None:
            high = min(high, _position(after) - 1)
        with self._database.read() as connection:
            rows = _Page(connection, wanted, first, (low, high), limit + 1).found(query)
        items = [{key: row[key] for key in RESULT} for row in rows[:limit]]
        return SearchPage(items, _cursor(rows[limit - 1]["position"]) if len(rows) > limit else None)

    def top(
        self, limit: int, *, since: date | None = None, until: date | None = None
    ) -> list[dict[str, Any]]:
        """The enriched announcements of some days with the highest materiality, highest first."""
        query = (
            select(*_COLUMNS).where(_TOP).order_by(a.c.materiality.desc(), a.c.position.desc()).limit(limit)
        )
        query = query if since is None else query.where(a.c.day >= since)
        query = query if until is None else query.where(a.c.day <= until)
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class _Page:
    """The newest ``most`` of the announcements between two places, both included, that meet all conditions.

    ``first`` is the one of the conditions, if there is one, whose index has them in the order of their places.
    """

    connection: Connection
    wanted: Sequence[ColumnElement[bool]]
    first: Sequence[ColumnElement[bool]]
    between: tuple[int, int]
    most: int

    def found(self, query: str | None) -> Sequence[RowMapping]:
        """Those that have all words of a query."""
        every = select(a.c.position, *_COLUMNS).where(*self.wanted)
        if not (query and query.strip()):
            return self._newest(every, a.c.position, self.between)
        words = _words(query)
        if not words:
            return []
        if self.connection.dialect.name != "sqlite":
            has_words = literal_column("search_vector").op("@@")(
                func.plainto_tsquery("simple", " ".join(words))
            )
            return self._found_on_postgresql(every, has_words)
        if _are_few(self.connection, [*self.wanted, a.c.position.between(*self.between)], words):
            # Of a common word, nearly every filing is none of them.
            few = every.where(_has(words).where(_text.c.rowid == a.c.position).exists())
            return self._newest(few, a.c.position, self.between)
        found = every.join(_text, _text.c.rowid == a.c.position).where(_matches(words))
        return self._newest(found, _text.c.rowid, self.between)

    def _found_on_postgresql(
        self, every: Select[Any], has_words: ColumnElement[bool]
    ) -> Sequence[RowMapping]:
        """Looks at the words of the newest one by one, and asks the index where those do not suffice.

        PostgreSQL overrates how many filings have a word that it does not know, and reads a million to find none.
        """
        low, high = self.between
        found: list[RowMapping] = []
        for walk in WALKS:
            places = select(a.c.position).where(a.c.position.between(low, high), *self.first)
            edge = self.connection.execute(
                places.order_by(a.c.position.desc()).offset(walk).limit(1)
            ).scalar()
            found += self._newest(
                every.where(has_words), a.c.position, (low if edge is None else edge, high), found
            )
            if edge is None or len(found) == self.most:
                return found
            high = edge - 1
            if len(found) < self.most * WALKS[0] / sum(WALKS):
                break  # a longer walk would not find enough either
        places = select(a.c.position).where(a.c.position.between(low, high))
        with_words = places.where(has_words).cte("with_words").prefix_with("MATERIALIZED")
        older = every.join(with_words, with_words.c.position == a.c.position)
        return [*found, *self._newest(older, with_words.c.position, (low, high), found)]

    def _newest(
        self,
        among: Select[Any],
        position: ColumnElement[int],
        between: tuple[int, int],
        found: Sequence[RowMapping] = (),
    ) -> Sequence[RowMapping]:
        """The newest, as many as are still wanted."""
        newest = among.where(position.between(*between)).order_by(position.desc())
        return self.connection.execute(newest.limit(self.most - len(found))).mappings().all()


def _are_few(connection: Connection, wanted: Sequence[ColumnElement[bool]], words: Sequence[str]) -> bool:
    """Whether few announcements meet conditions, compared with those that have the words."""
    count = _up_to(connection, select(literal_column("1")).select_from(a).where(*wanted), SOME)
    if count <= FEW or count > SOME:
        return count <= FEW
    return _up_to(connection, select(_text.c.rowid).where(_matches(words)), MANY) > MANY


def _up_to(connection: Connection, rows: Select[Any], most: int) -> int:
    """How many rows there are; of more than ``most``, one more than that is counted."""
    return connection.execute(select(func.count()).select_from(rows.limit(most + 1).subquery())).scalar_one()


def _matches(words: Sequence[str]) -> ColumnElement[bool]:
    return _text.c.announcement_search.op("MATCH")(" ".join(f'"{word}"' for word in words))


def _has(words: Sequence[str]) -> Select[Any]:
    return select(_text.c.rowid).where(_matches(words)).correlate(a)


def _words(query: str) -> list[str]:
    """Words of a query that have a letter or digit, free of what a query language would understand."""
    plain = query.replace('"', " ").replace("\x00", " ").encode("utf-8", "ignore").decode()
    return [word for word in plain.split() if any(character.isalnum() for character in word)]


def _cursor(position: int) -> str:
    return urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    try:
        return int(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise ConfigError(
            f"{cursor!r} is no cursor of a search; use the `next` of the page before."
        ) from error
