"""The default taxonomy, its prompt set, and the sheets of facts."""

from __future__ import annotations

import pytest

from backfin.enrichment.prompts import CorePromptSet, parse_prompt_file
from backfin.enrichment.taxonomy import categories, category_for, sentiment_for
from backfin.errors import ConfigError, ParseError
from backfin.interfaces import PromptSet
from backfin.models import EventType, Fact, Sentiment
from backfin.models.sheets import SHEETS, check_facts


def test_there_are_48_labels_each_with_its_own_slug() -> None:
    found = categories()

    assert len(found) == 48
    assert len({category.slug for category in found}) == 48
    assert all(0 < category.prior <= 1 and category.guidance for category in found)


@pytest.mark.parametrize(
    ("spelling", "label"),
    [
        ("New Order", "New Order"),
        ("new-order", "New Order"),
        ("Error", "Procedural/Administrative"),
        ("one time settlement", "One Time Settlement (OTS)"),
    ],
)
def test_old_spellings_are_understood(spelling: str, label: str) -> None:
    assert category_for(spelling).label == label


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(ParseError, match="no category"):
        category_for("Great News")


@pytest.mark.parametrize(
    ("word", "sentiment"), [("Postive", Sentiment.POSITIVE), ("Netural", Sentiment.NEUTRAL)]
)
def test_misspelled_sentiments_are_understood(word: str, sentiment: Sentiment) -> None:
    assert sentiment_for(word) is sentiment


def test_every_event_type_has_a_sheet_whose_fields_say_what_they_hold() -> None:
    assert set(SHEETS) == set(EventType)
    for sheet in SHEETS.values():
        assert set(sheet.kinds()) == set(sheet.model_fields)


def test_facts_that_belong_on_no_sheet_are_refused() -> None:
    with pytest.raises(ParseError, match="colour"):
        check_facts(EventType.DIVIDEND, {"colour": Fact(value="red")})


def test_the_core_prompt_set_names_every_label_to_the_model() -> None:
    prompts = CorePromptSet()
    prompt = prompts.system_prompt()

    assert isinstance(prompts, PromptSet)
    assert all(f"- {category.label} [" in prompt for category in prompts.categories)
    assert "{categories}" not in prompt


@pytest.mark.parametrize(
    "content", ["no front matter", '+++\nname = "a"\n+++\n# classify\nx', "+++\nname = \n+++\n# classify\nx"]
)
def test_a_prompt_file_without_name_and_version_is_refused(content: str) -> None:
    with pytest.raises(ConfigError):
        parse_prompt_file(content)
