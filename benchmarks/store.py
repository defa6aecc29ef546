"""How fast the store is, against plain ``sqlite3`` doing the same on the same schema in the same run.

``python benchmarks/store.py [--rows 10000] [--url postgresql://…]`` prints one JSON document: rows or calls a
second of both, and their ratio. Both take turns, so that a busy machine slows them alike.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backfin.clock import day_of
from backfin.models import Announcement, Attachment
from backfin.storage import Store
from backfin.storage.positions import position_of

START = datetime(2026, 7, 1, 3, 30, tzinfo=UTC)
PAGE = 50
ROUNDS = 5
BODY = (
    "The company is pleased to inform the exchange that it has received an order for supply of cables. " * 5
)


def make(number: int) -> Announcement:
    """A made-up announcement of ordinary size."""
    return Announcement(
        announcement_id=f"bse:{number:032x}",
        exchange="bse",
        native_id=f"{number:032x}",
        isin=f"INE{number % 5000:06d}018",
        scrip_code=str(500000 + number % 5000),
        issuer_name=f"Sample Industries {number % 5000} Limited",
        subject="Announcement under Regulation 30 (LODR)-Award of Order / Receipt of Order",
        headline=f"Receipt of order number {number}",
        body=BODY,
        exchange_category="Company Update",
        submitted_at=START + timedelta(seconds=number),
        disseminated_at=START + timedelta(seconds=number + 1),
        attachments=(Attachment(name="a.pdf", urls=("https://files/1.pdf", "https://files/2.pdf")),),
        raw={"NEWSID": str(number), "HEADLINE": BODY, "SCRIP_CD": 500000 + number % 5000},
    )


class PlainPages:
    """The same table, written by the driver with one statement a page; made by :meth:`of`."""

    mark = "?"
    one_statement = (
        "SELECT rowid FROM announcement_search WHERE announcement_search MATCH ? ORDER BY rowid DESC LIMIT 20"
    )

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.names = self._names()
        self.one = f"({', '.join([self.mark] * len(self.names))})"

    @staticmethod
    def of(url: str) -> PlainPages:
        """For an SQLite file, or for PostgreSQL."""
        if url.startswith("sqlite"):
            return PlainPages(open_sqlite(Path(url.removeprefix("sqlite:///"))))
        return PostgresPages(open_postgres(url))

    def add(self, items: Sequence[Announcement], categories: Sequence[str | None] = ()) -> list[str]:
        """Inserts a page in one transaction and returns the ids that were new."""
        rows = zip(items, categories or [None] * len(items), strict=True)
        values = [value for item, category in rows for value in self._row(item, category)]
        statement = (
            f"INSERT INTO announcements ({', '.join(self.names)}) VALUES {', '.join([self.one] * len(items))} "
            "ON CONFLICT DO NOTHING RETURNING announcement_id"
        )
        self.begin_writing()
        new = [row[0] for row in self.connection.execute(statement, values)]
        self.connection.execute("COMMIT")
        return new

    def begin_writing(self) -> None:
        """Begins a transaction."""
        self.connection.execute("BEGIN IMMEDIATE")

    def begin(self, key: str) -> int:
        """Counts one try in one transaction."""
        statement = (
            f"UPDATE announcements SET tries = tries + 1 WHERE announcement_id = {self.mark} RETURNING tries"
        )
        self.begin_writing()
        tries = self.connection.execute(statement, (key,)).fetchone()[0]
        self.connection.execute("COMMIT")
        return int(tries)

    def known(self, keys: Sequence[str]) -> set[str]:
        """Which keys are there."""
        marks = ", ".join([self.mark] * len(keys))
        statement = f"SELECT announcement_id FROM announcements WHERE announcement_id IN ({marks})"
        return {row[0] for row in self.connection.execute(statement, keys)}

    def newest(self, query: str) -> list[Any]:
        """The newest 20 that match, by the full-text index alone."""
        star = "*" if query.endswith("*") else ""
        words = [query.strip('"*')] if query.startswith('"') else query.strip("*").split()
        text = " ".join(f'"{word}"{star}' for word in words)
        return list(self.connection.execute(self.one_statement, (text,)))

    def settle(self) -> None:
        """Lets the database look at what it holds, as it does by itself in time."""
        self.connection.execute("ANALYZE")

    def close(self) -> None:
        """Closes the connection."""
        self.connection.close()

    def _names(self) -> list[str]:
        return [row[1] for row in self.connection.execute("PRAGMA table_info(announcements)")]

    def _row(self, item: Announcement, category: str | None) -> list[Any]:
        values = dict.fromkeys(self.names) | {
            name: getattr(item, name) for name in Announcement.model_fields if name in self.names
        }
        values |= {
            "position": position_of(item.disseminated_at, item.announcement_id),
            "day": day_of(item.disseminated_at).isoformat(),
            "attachments": json.dumps([one.model_dump(mode="json") for one in item.attachments]),
            "raw": json.dumps(item.raw),
            "state": "stored",
            "tries": 0,
            "category": category,
        }
        for name in ("submitted_at", "disseminated_at", "first_seen_at", "due_at"):
            values[name] = (values[name] or START).strftime("%Y-%m-%d %H:%M:%S.%f")
        return [values[name] for name in self.names]


class PostgresPages(PlainPages):
    """The same by ``psycopg``."""

    mark = "%s"
    one_statement = (
        "SELECT position FROM announcements WHERE search_vector @@ {} ORDER BY position DESC LIMIT 20"
    )

    def begin_writing(self) -> None:
        """Begins a transaction."""
        self.connection.execute("BEGIN")

    def newest(self, query: str) -> list[Any]:
        """The newest 20 that match, by the full-text index and the order alone."""
        if query.endswith("*"):
            query, made = query.strip("*") + ":*", "to_tsquery('simple', %s)"
        else:
            made = f"{'phrase' if query.startswith(chr(34)) else 'plain'}to_tsquery('simple', %s)"
        return list(self.connection.execute(self.one_statement.format(made), (query.strip('"'),)))

    def _names(self) -> list[str]:
        statement = (
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'announcements' "
            "AND is_generated = 'NEVER'"
        )
        return [row[0] for row in self.connection.execute(statement)]


def open_sqlite(path: Path) -> sqlite3.Connection:
    """A connection set up as the store's."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def open_postgres(url: str) -> Any:
    """A connection without transactions of its own; the driver is needed for PostgreSQL alone."""
    import psycopg

    connection = psycopg.connect(url, autocommit=True)
    connection.execute("SET TIME ZONE 'UTC'")
    return connection


def pages(first: int, count: int) -> Iterator[list[Announcement]]:
    """Pages of made-up announcements, numbered on from ``first``."""
    for start in range(first, first + count, PAGE):
        yield [make(number) for number in range(start, start + PAGE)]


def rate(work: Callable[[Any], Any], inputs: Sequence[Any], each: int = 1) -> float:
    """Units a second of doing some work for every input."""
    started = time.perf_counter()
    for item in inputs:
        work(item)
    return len(inputs) * each / (time.perf_counter() - started)


def compare(ours: list[float], plain: list[float]) -> dict[str, float]:
    """Medians of both and the median of their ratios, round by round."""
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, plain, strict=True))
    return {
        "store_per_s": round(statistics.median(ours)),
        "driver_per_s": round(statistics.median(plain)),
        "ratio": round(ratio, 3),
    }


def against_sqlite3(store: Store, plain: PlainPages, rows: int) -> dict[str, Any]:
    """Every measurement, ours and theirs in turns."""
    due_at = START + timedelta(days=1)
    figures: dict[str, tuple[list[float], list[float]]] = {}

    def measure(name: str, ours: Callable[[Any], Any], theirs: Callable[[Any], Any], *how: Any) -> None:
        mine, other = figures.setdefault(name, ([], []))
        mine.append(rate(ours, *how))
        other.append(rate(theirs, *how))

    for number in range(ROUNDS):
        new = list(pages(number * rows, rows))
        ids = [[item.announcement_id for item in page] for page in new]
        some = [page[0] for page in ids]

        measure(
            "new, 50 a transaction", lambda p: store.announcements.add(p, due_at=due_at), plain.add, new, PAGE
        )
        measure(
            "known, 50 a transaction",
            lambda p: store.announcements.add(p, due_at=due_at),
            plain.add,
            new,
            PAGE,
        )
        measure("look-up, 50 at once", store.announcements.known, plain.known, ids, PAGE)
        measure(
            "one update",
            lambda key: store.announcements.begin(key, "backfin.read", due_at=due_at),
            plain.begin,
            some,
        )
    return {name: compare(*pair) for name, pair in figures.items()}


def main() -> None:
    """Runs the benchmark and prints its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000, help="rows of each of five rounds")
    parser.add_argument("--url", help="measure this empty store instead of an SQLite file")
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that it runs")
    arguments = parser.parse_args()
    if arguments.smoke:
        arguments.rows = 200
    with tempfile.TemporaryDirectory() as folder:
        stores = [
            Store(arguments.url or f"sqlite:///{folder}/store.db"),
            Store(f"sqlite:///{folder}/plain.db"),
        ]
        for store in stores:
            store.upgrade()
        plain = PlainPages.of(f"sqlite:///{folder}/plain.db")
        figures = against_sqlite3(stores[0], plain, arguments.rows)
        plain.close()
        for store in stores:
            store.close()
    print(
        json.dumps(
            {"rows": arguments.rows * ROUNDS, "backend": stores[0].shown_url.split(":")[0], **figures},
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
