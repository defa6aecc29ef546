"""``docs/settings.md`` lists every setting with its default and its meaning, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from backfin.settings import Settings
from backfin.settings.keys import all_keys, field_at, section_of

DOCS = Path(__file__).resolve().parents[2] / "docs"


def default_of(key: tuple[str, ...], field: FieldInfo) -> str:
    """A default as a reader writes it."""
    if key == ("home",):
        return "`~/.backfin`"
    value: Any = field.get_default(call_default_factory=True)
    if value is None:
        return "not set"
    if value == () or value == {}:
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def rows() -> dict[str, str]:
    """The row of each setting, as it must stand in the docs."""
    found = {}
    for key in all_keys(Settings):
        field = field_at(Settings, key)
        assert field is not None
        name = ".".join(key)
        found[name] = f"| `{name}` | {default_of(key, field)} | {field.description} |"
    return found


def written() -> Iterator[str]:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    return (
        line for line in text.splitlines() if line.startswith("| `") and not line.startswith("| `BACKFIN_")
    )


def test_every_setting_stands_in_the_docs_as_it_is() -> None:
    assert list(written()) == list(rows().values())


@pytest.mark.parametrize("key", list(all_keys(Settings)), ids=".".join)
def test_every_setting_says_what_it_means(key: tuple[str, ...]) -> None:
    field = field_at(Settings, key)

    assert field is not None
    assert field.description
    assert field.description.endswith(".")


def test_every_section_is_a_model_with_a_docstring() -> None:
    sections: list[type[BaseModel]] = [
        section for field in Settings.model_fields.values() if (section := section_of(field))
    ]

    assert len(sections) >= 7
    assert all(section.__doc__ for section in sections)
