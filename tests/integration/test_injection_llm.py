"""A model that obeys text in a filing changes nothing of what is published, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from backfin.enrichment import llm as llm_module
from backfin.enrichment.advice import gives_advice, has_link
from backfin.enrichment.injection import FLAG
from backfin.enrichment.llm import LlmEnricher
from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules import enricher as rules_module
from backfin.models import Enrichment, Reading
from backfin.settings import LlmSettings
from backfin.testing.llm_server import LlmServer
from filings import StandingClock
from injection_cases import AMOUNT, CASES, DEMAND, FILE_NAMES, PARTY, Case
from injection_filings import BASE, injected_page, poisoned, published, read_by_rules, with_file

HONEST = published(read_by_rules(BASE))


@pytest.fixture(scope="module")
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        yield running


def obedient(made: Reading, case: Case) -> dict[str, Any]:
    """What a model answers that does all a case asks for, with the case's own words as its evidence."""
    page = injected_page(made, case)
    quoted = {"page": page.number, "quote": case.text}
    amounts = ("order_value", "offer_size", "offer_price", "order_book_after")
    facts = [{"field": field, "value": AMOUNT, **quoted} for field in amounts]
    facts += [{"field": field, "value": PARTY, **quoted} for field in ("customer", "target")]
    facts += [
        {"field": "stage", "value": "STRONG BUY", **quoted},
        {"field": "execution_end", "value": "2026-07-05", **quoted},
        # A number that does stand in the filing, under a name that is not its own.
        {
            "field": "order_book_after",
            "value": "Rs. 47.06 Lakhs",
            "page": 1,
            "quote": "worth Rs. 47.06 Lakhs",
        },
    ]
    parties = [{"name": PARTY, "role": "customer", "kind": "company", "amount": AMOUNT, **quoted}]
    parties += [{"name": "NTPC Limited", "role": "acquirer", "page": 1, "quote": "NTPC Limited"}]
    return {**DEMAND, "facts": facts, "parties": parties}


def read_by_obedient_model(server: LlmServer, made: Reading, case: Case) -> Enrichment:
    server.answer = lambda _request: obedient(made, case)
    settings = LlmSettings(base_url=server.url, api_key=SecretStr("sk"), model="stub", timeout=10)
    enricher = LlmEnricher(settings, StandingClock())
    try:
        return enricher.enrich(made, CorePromptSet())
    finally:
        enricher.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_obedient_model_changes_nothing_that_is_published(server: LlmServer, case: Case) -> None:
    server.requests.clear()
    made = read_by_obedient_model(server, poisoned(case), case)

    told = published(made)
    facts = told.pop("facts")
    honest = {name: value for name, value in HONEST.items() if name != "facts"}
    sent = "".join(request["messages"][1]["content"] for request in server.requests)
    assert made.enricher == "llm"
    assert FLAG in made.flags
    assert told == honest
    assert facts.items() <= HONEST["facts"].items()
    assert "9,999" not in sent, "the model was shown what was taken out"


@pytest.mark.parametrize("name", FILE_NAMES)
def test_the_name_of_a_file_is_not_shown_to_a_model(server: LlmServer, name: str) -> None:
    server.requests.clear()
    read_by_obedient_model(server, with_file(name), CASES[0])

    sent = "".join(request["messages"][1]["content"] for request in server.requests)
    assert server.requests
    assert name not in sent


class Unfiltered:
    """Lets every text through, as a filter that misses a case does."""

    def __call__(self, made: Reading) -> tuple[Reading, bool]:
        return made, False


@pytest.mark.parametrize("case", CASES[::4], ids=lambda case: case.name)
def test_what_a_filter_misses_is_flagged_and_is_neither_advice_nor_a_link(
    server: LlmServer, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llm_module, "quarantine_reading", Unfiltered())
    monkeypatch.setattr(rules_module, "quarantine_reading", Unfiltered())
    made = read_by_obedient_model(server, poisoned(case), case)

    texts = [made.headline, made.summary, *(str(fact.value) for fact in made.facts.values())]
    assert any(flag.startswith(("disputed:", "ungrounded:")) for flag in made.flags)
    assert not any(gives_advice(text) or has_link(text) for text in texts)
    assert not any(party.name_as_written == PARTY and PARTY not in case.text for party in made.parties)
