"""What goes wrong at a database, in our own words."""

from __future__ import annotations

import sqlite3

from sqlalchemy import exc as sa

from backfin.errors import BackfinError, PermanentError, StoreUnavailable, UnknownSchema

#: How the databases say that their disk is full, or that they may only be read.
_FULL = ("database or disk is full", "No space left on device", "53100", "File too large")
_READ_ONLY = ("attempt to write a readonly database", "25006")

#: How the databases say that a table or a column is not there.
_UNKNOWN_SCHEMA = ("no such table", "no such column", "has no column named", "42P01", "42703")

#: What goes wrong at a database, in the words of all who have a part in it.
FAILURES = (sa.SQLAlchemyError, sqlite3.Error, OSError)


def in_our_words(error: Exception, shown_url: str) -> BackfinError:
    """What an error of a database means to a person, and what to do.

    Args:
        error: What was raised around the database.
        shown_url: The URL of the store, without its password.
    """
    code = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    said = " ".join(str(getattr(error, "orig", None) or error).split())
    if code in _UNKNOWN_SCHEMA or any(words in said for words in _UNKNOWN_SCHEMA):
        return UnknownSchema(
            f"The store at {shown_url} has another schema than this version; run `backfin db upgrade`.",
            url=shown_url,
        )
    if code in _FULL or any(words in said for words in _FULL):
        return StoreUnavailable(
            f"The disk of the store at {shown_url} is full; free some space, and work goes on by itself.",
            url=shown_url,
            fault="full",
        )
    if code in _READ_ONLY or any(words in said for words in _READ_ONLY):
        return StoreUnavailable(
            f"The store at {shown_url} takes no writes; let it be written, and work goes on by itself.",
            url=shown_url,
            fault="read_only",
        )
    if isinstance(error, sa.IntegrityError | sa.DataError | sqlite3.IntegrityError):
        return PermanentError(f"The store refuses these values: {said}.", url=shown_url)
    if isinstance(error, sa.DBAPIError | sa.TimeoutError | sqlite3.Error | OSError):
        return StoreUnavailable(
            f"The store at {shown_url} does not answer ({said}); see `backfin doctor`.",
            url=shown_url,
        )
    return PermanentError(f"The store cannot do this: {said}.", url=shown_url)
