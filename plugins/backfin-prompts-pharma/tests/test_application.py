"""Inside backfin: from the exchange's row to what is stored and shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import backfin_prompts_pharma
import pytest
from typer.testing import CliRunner

from backfin.cli import app as commands
from backfin.models import Issuer
from backfin.steps.enrich import enrich
from backfin.steps.read import read
from backfin.steps.scrape import scrape
from backfin.testing import FakeExchange, make_app, make_row
from backfin.testing.pdf import one_page_pdf
from filings import SUN_483, letter

SUN, OTHER = "INE044A01036", "INE002A01018"


def stored(isin: str, **options: Any) -> Any:
    """The reading of a filing that says the same whosever it is."""
    row = make_row(1, isin=isin, text="", subject="Intimation", file="letter.pdf")
    fake = FakeExchange([row], files={"letter.pdf": one_page_pdf(letter(SUN_483))}, **options)
    plugin = ("prompts-pharma", backfin_prompts_pharma)
    settings = {"plugin": {"prompts-pharma": {"isins": [SUN]}}}
    with make_app(exchanges=[fake], plugins=[plugin], settings=settings) as app:
        for issuer in fake.issuers:
            app.store.issuers.put("fake", [issuer], app.clock.now().date())
        scrape(app.context, "fake")
        read(app.context, "fake:1")
        enrich(app.context, "fake:1")
        return app.store.enrichments.latest("fake:1")


def test_its_facts_are_stored() -> None:
    made = stored(SUN)

    assert (made.prompt_set, made.category) == ("pharma", "USFDA Form 483")
    assert made.facts["inspection_end"].value == "2026-06-13"
    assert made.facts["site"].evidence[0].page == 1


def test_an_issuer_it_is_not_for_is_read_by_the_core_though_its_letter_says_the_same() -> None:
    made = stored(OTHER)

    assert (made.prompt_set, made.category) == ("core", "USFDA")
    assert "site" not in made.facts


def test_the_industry_of_the_exchange_s_list_is_enough() -> None:
    made = stored(OTHER, issuers=[Issuer(isin=OTHER, name="Other Ltd", industry="Pharmaceuticals")])

    assert made.prompt_set == "pharma"


def test_a_file_is_tried_with_it_by_the_issuer_s_isin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(one_page_pdf(letter(SUN_483)))
    monkeypatch.setenv("BACKFIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BACKFIN_PLUGIN", json.dumps({"prompts-pharma": {"isins": [SUN]}}))

    def tried(*more: str) -> Any:
        result = CliRunner().invoke(commands, ["try", str(file), "--json", *more])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)["enrichment"]

    assert tried("--isin", SUN)["facts"]["observations"]["value"] == 8
    assert tried("--isin", SUN)["prompt_set"] == "pharma"
    assert {tried()["prompt_set"], tried("--isin", OTHER)["prompt_set"]} == {"core"}
