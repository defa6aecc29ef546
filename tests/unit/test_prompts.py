"""Prompt sets are files, and their faults are told all at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backfin.enrichment.prompts import (
    CorePromptSet,
    FilePromptSet,
    facts_prompt_of,
    lint_prompt_file,
    lint_prompt_set,
    load_prompt_set,
)
from backfin.enrichment.reply import ROLES, statement_schema, verdict_schema
from backfin.errors import ConfigError
from backfin.interfaces import Category, PromptSet
from backfin.models import EventType
from backfin.models.sheets import SHEETS
from backfin.testing import PromptSetContract, make_announcement

SHIPPING = """+++
name = "shipping"
version = "3"
applies_to = { exchanges = ["bse"], words = ["Vessel", "charter"] }

[[taxonomy]]
label = "Charter"
schema = "order_win"
prior = 0.6
guidance = "a ship let to somebody"

[[taxonomy]]
label = "Other"
slug = "rest"
schema = "routine"
prior = 0.1
guidance = "everything else"
+++
# classify

Say what it is.

{categories}
"""


@dataclass(frozen=True)
class Text:
    """A file in memory."""

    text: str

    def read_text(self, encoding: str | None = None) -> str:
        return self.text


def shipping() -> FilePromptSet:
    return FilePromptSet(Text(SHIPPING))


class TestShipping(PromptSetContract):
    def make(self) -> PromptSet:
        return shipping()


def test_a_file_brings_its_own_taxonomy_with_a_schema_for_each_label() -> None:
    prompts = shipping()

    assert (prompts.name, prompts.version) == ("shipping", "3")
    assert [(one.label, one.slug, one.event_type) for one in prompts.categories] == [
        ("Charter", "charter", EventType.ORDER_WIN),
        ("Other", "rest", EventType.ROUTINE),
    ]
    assert "- Charter [order_win]: a ship let to somebody" in prompts.system_prompt()


def test_a_file_without_a_second_prompt_leaves_it_to_the_core_set() -> None:
    assert facts_prompt_of(shipping(), EventType.DEAL) == CorePromptSet().facts_prompt(EventType.DEAL)


@pytest.mark.parametrize(
    ("changes", "wants"),
    [
        ({"subject": "Vessel delivered"}, True),
        ({"headline": "CHARTER agreed"}, True),
        ({"subject": "An order"}, False),
        ({"subject": "Vessel delivered", "exchange": "nse"}, False),
    ],
)
def test_a_file_says_which_announcements_it_wants(changes: dict[str, Any], wants: bool) -> None:
    plain = {"exchange": "bse", "subject": "", "headline": "", "body": ""}

    assert shipping().applies_to(make_announcement(**{**plain, **changes})) is wants


def test_a_file_on_disk_is_a_prompt_set(tmp_path: Path) -> None:
    path = tmp_path / "shipping.md"
    path.write_text(SHIPPING, encoding="utf-8")

    assert lint_prompt_set(load_prompt_set(path)) == []


def test_the_core_set_asks_for_every_field_of_every_sheet_without_a_fault() -> None:
    prompts = CorePromptSet()

    assert lint_prompt_set(prompts) == []
    assert {one.event_type for one in prompts.categories} <= set(SHEETS)
    for event_type, sheet in SHEETS.items():
        prompt = prompts.facts_prompt(event_type)
        assert all(field in prompt for field in sheet.model_fields)


@pytest.mark.parametrize("event_type", EventType)
def test_the_schema_of_the_second_answer_is_that_of_one_sheet(event_type: EventType) -> None:
    schema = statement_schema(event_type)

    fact = schema["properties"]["facts"]["items"]
    party = schema["properties"]["parties"]["items"]
    assert fact["properties"]["field"]["enum"] == list(SHEETS[event_type].model_fields)
    assert fact["required"] == ["field", "value", "page", "quote"]
    assert party["properties"]["role"]["enum"] == ROLES


def test_the_schema_of_the_first_answer_has_the_labels_of_the_set_and_nothing_else() -> None:
    schema = verdict_schema(shipping())

    assert schema["properties"]["category"]["enum"] == ["Charter", "Other"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("+++\nname", "name", "starts with a line of +++"),
        ('version = "3"\n', "", "version: Field required"),
        ('version = "3"', 'version = "3"\ncolour = "red"', "colour"),
        ('schema = "order_win"', 'schema = "voyage"', "schema"),
        ("prior = 0.6", "prior = 6", "less than or equal to 1"),
        ("# classify", "# what", "under `# classify` or `# facts`"),
        ("{categories}", "", "lacks the placeholder {categories}"),
        ("{categories}", "{categories} {labels}", "unknown placeholder {labels}"),
        ("{categories}", "{categories}\n# facts\nread", "`# facts` lacks the placeholder {fields}"),
        ('taxonomy = "core"', "", ""),
    ],
)
def test_the_linter_tells_what_is_wrong_with_a_file(old: str, new: str, fault: str) -> None:
    found = "; ".join(lint_prompt_file(SHIPPING.replace(old, new)))

    assert fault in found
    assert bool(found) is bool(fault)


@dataclass(frozen=True)
class Written:
    """A prompt set in Python, with everything that can be wrong."""

    name: str = "My Set"
    version: str = " "
    categories: tuple[Category, ...] = (
        Category("Order", "Order!", EventType.ORDER_WIN, 1.5, " "),
        Category("Order", "b", EventType.ORDER_WIN, 0.5, "x"),
    )

    def applies_to(self, announcement: Any) -> bool:
        return True

    def system_prompt(self) -> str:
        return "Say {what} it is. " + "word " * 7000

    def facts_prompt(self, event_type: EventType) -> str:
        return ""


def test_the_linter_tells_every_fault_of_a_set_at_once() -> None:
    found = "\n".join(lint_prompt_set(Written()))

    for fault in (
        "'My Set' is not plain",
        "the version is empty",
        "share the label 'Order'",
        "'Order!' is no slug",
        "1.5 is not between",
        "no guidance",
        "no category is routine",
        "does not name Order",
        "nothing fills: what",
        "more than 6000",
        "for order_win is empty",
        "does not name customer",
    ):
        assert fault in found


def test_a_file_that_is_no_prompt_set_is_refused_when_it_is_used() -> None:
    broken = FilePromptSet(Text('+++\nname = "a"\nversion = "1"\ntaxonomy = "mine"\n+++\n# classify\nx'))

    with pytest.raises(ConfigError, match="taxonomy"):
        _ = broken.name


@pytest.mark.parametrize("content", [None, b"\xff\xfe+\x00"])
def test_a_file_that_is_gone_or_in_another_encoding_is_a_plain_error(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "mine.md"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match="cannot be read as UTF-8"):
        _ = load_prompt_set(path).name


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text(SHIPPING, encoding="utf-8-sig")

    assert load_prompt_set(path).name == "shipping"
