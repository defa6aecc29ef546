"""Column types give back what went in, and refuse what would come back wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from backfin.storage.types import ExactDecimal, UtcDateTime, clean_text, dump_json, load_json

any_text = st.text(alphabet=st.characters(exclude_categories=[]))
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
any_json = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
hostile_json = st.recursive(
    any_text, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3)
)


@given(any_text)
def test_cleaned_text_is_taken_by_every_database(text: str) -> None:
    cleaned = clean_text(text)

    assert "\x00" not in cleaned.encode().decode()
    assert clean_text(cleaned) == cleaned


@given(st.text().filter(lambda text: "\x00" not in text))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean_text(text) == text


@given(any_json.filter(lambda value: "\\u0000" not in json.dumps(value)))
def test_json_comes_back_as_it_was(value: Any) -> None:
    assert load_json(dump_json(value)) == value


@given(hostile_json)
def test_any_json_can_be_written_and_read(value: Any) -> None:
    written = dump_json(value)

    assert "\x00" not in json.dumps(load_json(written), ensure_ascii=False)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_keep_every_digit(value: Decimal) -> None:
    column = ExactDecimal()

    stored = column.process_bind_param(value, sqlite.dialect())

    assert column.process_result_value(stored, sqlite.dialect()) == value


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_a_time_without_a_zone_is_refused(dialect: Any) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 7, 1), dialect)  # noqa: DTZ001, naive on purpose


@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False))
def test_a_time_is_stored_in_utc_as_the_same_moment(moment: datetime) -> None:
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return

    stored = UtcDateTime().process_bind_param(moment, sqlite.dialect())

    assert stored is not None
    assert stored.timestamp() == moment.timestamp()
    assert stored.tzinfo is UTC
