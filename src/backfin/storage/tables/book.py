"""Investors, the names they appear under, and where they were met."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, Table, Text, UniqueConstraint

from backfin.storage.tables.filings import announcements
from backfin.storage.tables.schema import metadata
from backfin.storage.types import BigKey, CleanText, ExactDecimal, UtcDateTime

#: One row for each normal form, and for each mark that tells people of one form apart. ``survivor_id`` is the
#: investor it is shown under: itself, or the one that judgements join it to. ``compared_by`` says by which rules it
#: was held against all others.
investors = Table(
    "investors",
    metadata,
    Column("investor_id", Text, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("normal_form", CleanText, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("survivor_id", Text, nullable=False, index=True),
    Column("compared_by", Integer),
)

#: Under which keys a normal form is found; see ``investors/blocking.py``. The form stands in the key, so that
#: all forms under one lie side by side.
investor_keys = Table(
    "investor_keys",
    metadata,
    Column("key", BigKey, primary_key=True, autoincrement=False),
    Column("form", CleanText, primary_key=True),
    sqlite_with_rowid=False,
)

#: ``folded`` is the name as compared: letters and digits only, lower case.
investor_names = Table(
    "investor_names",
    metadata,
    Column("investor_id", ForeignKey(investors.c.investor_id), primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("folded", CleanText, nullable=False, index=True),
)

#: Judgements: whether two investors are the same, who says so and why. ``one_id`` survives where they are.
#: Those of a split are ``part_of`` it, those it undid are ``undone_for`` it.
investor_links = Table(
    "investor_links",
    metadata,
    Column("link_id", BigKey, primary_key=True, autoincrement=False),
    Column("one_id", ForeignKey(investors.c.investor_id), nullable=False, index=True),
    Column("other_id", ForeignKey(investors.c.investor_id), nullable=False, index=True),
    Column("verdict", Text, nullable=False),
    Column("score", Float(53)),
    Column("made_by", CleanText, nullable=False),
    Column("why", CleanText, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("part_of", BigKey),
    Column("undone_at", UtcDateTime),
    Column("undone_by", CleanText),
    Column("undone_for", BigKey),
)

#: Pairs of names that a person should look at, with the place where each was met. What was said of them is a link.
reviews = Table(
    "reviews",
    metadata,
    Column("review_id", BigKey, primary_key=True, autoincrement=False),
    Column("known_id", ForeignKey(investors.c.investor_id), nullable=False),
    Column("new_id", ForeignKey(investors.c.investor_id), nullable=False, index=True),
    Column("score", Float(53), nullable=False),
    Column("explanation", CleanText, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("known_name", CleanText, nullable=False),
    Column("known_announcement_id", Text),
    Column("known_page", Integer),
    Column("known_quote", CleanText, nullable=False),
    Column("new_name", CleanText, nullable=False),
    Column("new_announcement_id", Text),
    Column("new_page", Integer),
    Column("new_quote", CleanText, nullable=False),
    UniqueConstraint("known_id", "new_id"),
)

#: ``investor_id`` is the investor of the name's own normal form, whatever it was joined to since.
mentions = Table(
    "mentions",
    metadata,
    Column("mention_id", Text, primary_key=True),
    Column("announcement_id", ForeignKey(announcements.c.announcement_id), nullable=False, index=True),
    Column("investor_id", ForeignKey(investors.c.investor_id), nullable=False, index=True),
    Column("name_as_written", CleanText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("role", CleanText, nullable=False),
    Column("quantity", ExactDecimal),
    Column("price_inr", ExactDecimal),
    Column("amount_inr", ExactDecimal),
    Column("pct", ExactDecimal),
    Column("page", Integer),
    Column("quote", CleanText, nullable=False),
    Column("tier", Text, nullable=False),
    Column("explanation", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
