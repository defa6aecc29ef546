"""The set by itself: its contract, its words, and whose filings it wants."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

import backfin_prompts_pharma
import pytest
from backfin_prompts_pharma import PharmaConfig, PharmaPrompts
from backfin_prompts_pharma.sheets import SHEETS
from pydantic import ValidationError

from backfin.enrichment.prompts import lint_prompt_file, lint_prompt_set
from backfin.enrichment.taxonomy import categories
from backfin.models import EventType, Issuer
from backfin.testing import PromptSetContract, make_announcement, make_app

SUN, OTHER = "INE044A01036", "INE002A01018"
#: As the entry point of its distribution brings it.
INSTALLED: dict[str, Any] = {"plugins": {"enabled": ["prompts-pharma"]}}


class TestPharmaPrompts(PromptSetContract):
    def make(self) -> PharmaPrompts:
        return PharmaPrompts(PharmaConfig(isins=frozenset({"INE999A01015"})))


def wants(isin: str | None, industry: str | None = None, **config: Any) -> bool:
    issuer = Issuer(isin=isin or SUN, name="Example", industry=industry) if industry else None
    return PharmaPrompts(PharmaConfig(**config), lambda _isin: issuer).applies_to(
        make_announcement(isin=isin)
    )


def test_the_linter_finds_nothing() -> None:
    text = resources.files(backfin_prompts_pharma).joinpath("pharma.md").read_text(encoding="utf-8")

    assert (lint_prompt_file(text), lint_prompt_set(PharmaPrompts())) == ([], [])


def test_it_is_for_the_issuers_and_industries_of_its_settings() -> None:
    assert wants(SUN, isins={SUN})
    assert wants(SUN, "pharmaceuticals")
    assert wants(SUN, "Hospital", industries=["Hospital"])


@pytest.mark.parametrize(
    ("isin", "industry", "config"),
    [
        (OTHER, None, {"isins": {SUN}}),
        (OTHER, "Heavy Electrical Equipment", {"isins": {SUN}}),
        (SUN, None, {}),
        (SUN, "Pharmaceuticals", {"not_isins": {SUN}}),
        (SUN, None, {"isins": {SUN}, "not_isins": {SUN}}),
        (SUN, "Pharmaceuticals", {"industries": []}),
        (None, "Pharmaceuticals", {"isins": {SUN}}),
        (SUN, "Pharmaceuticals & Beverages", {}),
    ],
)
def test_it_is_never_for_others(isin: str | None, industry: str | None, config: dict[str, Any]) -> None:
    assert not wants(isin, industry, **config)


def test_a_mistyped_isin_is_refused() -> None:
    with pytest.raises(ValidationError):
        PharmaConfig.model_validate({"isins": ["INE044A0103"]})


def test_it_has_every_label_of_the_core() -> None:
    labels = [one.label for one in PharmaPrompts().categories]

    assert labels[-len(categories()) :] == [one.label for one in categories()]


def test_every_fact_is_in_the_readme() -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    own = {
        name for kind, sheet in SHEETS.items() for name in sheet.model_fields if name not in core_fields(kind)
    }

    assert own - set(re.findall(r"`(\w+)`", readme)) == set()


def core_fields(event_type: EventType) -> set[str]:
    return set(SHEETS[event_type].__base__.model_fields)  # type: ignore[union-attr]


def test_backfin_takes_it_with_its_settings_and_chooses_it_for_its_issuers_alone() -> None:
    with make_app(settings=INSTALLED | {"plugin": {"prompts-pharma": {"isins": [SUN]}}}) as app:
        (record,) = [one for one in app.plugins.records if one.name == "prompts-pharma"]
        assert (record.state, record.why) == ("on", "")
        for isin, name in ((SUN, "pharma"), (OTHER, "core"), (None, "core")):
            assert app.context.prompt_set_for(make_announcement(isin=isin)).name == name


def test_a_setting_it_does_not_know_is_refused_and_named() -> None:
    with make_app(settings=INSTALLED | {"plugin": {"prompts-pharma": {"isin": [SUN]}}}) as app:
        (record,) = [one for one in app.plugins.records if one.name == "prompts-pharma"]

    assert record.state == "failed"
    assert "isin" in record.why


def test_lists_of_issuers_may_come_from_the_environment_separated_by_commas() -> None:
    config = PharmaConfig.model_validate({"isins": "INE044A01036, INE999A01015", "industries": "Pharma"})

    assert config.isins == {"INE044A01036", "INE999A01015"}
    assert config.industries == ("Pharma",)
