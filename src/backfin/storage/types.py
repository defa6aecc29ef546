"""Column types that hold the same value on SQLite and on PostgreSQL.

Neither database keeps everything Python hands it: SQLite drops time zones and rounds decimals, PostgreSQL
refuses NUL characters, both refuse lone surrogates (which broken PDFs contain). These types settle it once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

#: A 64-bit key. SQLite makes a table's own row number only from the word INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")

#: Lists and objects. See :func:`dump_json` for what is kept.
Json = JSON(none_as_null=True)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, returned aware in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turns any aware moment into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; the store keeps aware times only")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives back the zone that SQLite drops."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal number without rounding: text on SQLite, NUMERIC elsewhere."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text where the database would make a float of it."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Writes the digits as they are."""
        if value is None:
            return None
        return str(value) if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Reads the digits back."""
        return None if value is None else Decimal(value)


class CleanText(TypeDecorator[str]):
    """Text from outside, without the characters a database refuses."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Drops NUL characters and replaces lone surrogates."""
        return None if value is None else clean_text(value)


def clean_text(text: str) -> str:
    r"""Text that both databases take: no NUL, no lone surrogates.

    >>> clean_text("a\x00b\ud800")
    'ab?'
    """
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def dump_json(value: Any) -> str:
    """JSON for a column. Decimals become strings, times ISO 8601, text is cleaned like :func:`clean_text`."""
    try:
        text = to_json(value).decode()
    except PydanticSerializationError:
        return to_json(_cleaned(value)).decode()
    return to_json(_cleaned(from_json(text))).decode() if "\\u0000" in text else text


def load_json(text: str | bytes) -> Any:
    """Reads what :func:`dump_json` wrote."""
    return from_json(text)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
