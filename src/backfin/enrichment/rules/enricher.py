"""The rules enricher: deterministic, offline, and always there when a model is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from backfin.clock import Clock, SystemClock
from backfin.enrichment.grounding import ground
from backfin.enrichment.guards import guarded
from backfin.enrichment.injection import FLAG, quarantine_reading
from backfin.enrichment.prompts import sheet_of
from backfin.enrichment.rules.allotments import extract_allotment
from backfin.enrichment.rules.approvals import (
    extract_approval,
    extract_clarification,
    extract_disruption,
)
from backfin.enrichment.rules.auditors import extract_auditor, named_auditors
from backfin.enrichment.rules.bodies import named_bodies
from backfin.enrichment.rules.capital import extract_corporate_action, extract_fund_raise
from backfin.enrichment.rules.certainty import with_certainty
from backfin.enrichment.rules.classify import Verdict, classify
from backfin.enrichment.rules.clocks import disclosure_of
from backfin.enrichment.rules.dividends import extract_dividend
from backfin.enrichment.rules.expansion import extract_expansion
from backfin.enrichment.rules.governance import extract_management
from backfin.enrichment.rules.headlines import headline_of, plain_headline
from backfin.enrichment.rules.holdings import extract_shareholding, proposed_allottees
from backfin.enrichment.rules.insider import extract_insider
from backfin.enrichment.rules.insolvency import extract_insolvency
from backfin.enrichment.rules.lending import extract_default, extract_financing
from backfin.enrichment.rules.litigation import extract_litigation
from backfin.enrichment.rules.meetings import extract_meeting
from backfin.enrichment.rules.mergers import extract_merger
from backfin.enrichment.rules.offers import extract_open_offer
from backfin.enrichment.rules.operations import extract_update
from backfin.enrichment.rules.orders import extract_order
from backfin.enrichment.rules.own import own_reading
from backfin.enrichment.rules.ownership import extract_sast
from backfin.enrichment.rules.people import named_people
from backfin.enrichment.rules.pledges import extract_encumbrance
from backfin.enrichment.rules.quotes import Extract
from backfin.enrichment.rules.ratings import extract_rating
from backfin.enrichment.rules.results import extract_results
from backfin.enrichment.rules.routine import extract_routine
from backfin.enrichment.rules.sentiments import PartySentiment, of_issuer, of_parties
from backfin.enrichment.rules.share_deals import extract_share_deal
from backfin.enrichment.rules.source import LAST_STATEMENT_PAGE, MAX_PAGE_CHARS, MAX_PAGES, Source
from backfin.enrichment.rules.stages import stage_of
from backfin.enrichment.rules.summary import summaries_of
from backfin.enrichment.rules.words import red_flags
from backfin.enrichment.scoring import category_in, document_flags, scored
from backfin.identity import enrichment_id
from backfin.interfaces import PromptSet
from backfin.models import Enrichment, EventType, Fact, Page, Reading
from backfin.models.sheets import check_facts

_E = EventType

EXTRACTORS: dict[EventType, Callable[[Source], Extract]] = {
    _E.ORDER_WIN: extract_order,
    _E.DIVIDEND: extract_dividend,
    _E.FINANCIAL_RESULTS: extract_results,
    _E.ALLOTMENT: extract_allotment,
    _E.FUND_RAISE: extract_fund_raise,
    _E.CORPORATE_ACTION: extract_corporate_action,
    _E.SAST_DISCLOSURE: extract_sast,
    _E.INSIDER_TRADE: extract_insider,
    _E.ENCUMBRANCE: extract_encumbrance,
    _E.OPEN_OFFER: extract_open_offer,
    _E.MANAGEMENT_CHANGE: extract_management,
    _E.AUDITOR_CHANGE: extract_auditor,
    _E.CREDIT_RATING: extract_rating,
    _E.DEBT_DEFAULT: extract_default,
    _E.DEBT_FINANCING: extract_financing,
    _E.INSOLVENCY: extract_insolvency,
    _E.DEAL: extract_share_deal,
    _E.MERGER_ACQUISITION: extract_merger,
    _E.LITIGATION_REGULATORY: extract_litigation,
    _E.EXPANSION_CAPEX: extract_expansion,
    _E.MEETING_OR_CALL: extract_meeting,
    _E.REGULATORY_APPROVAL: extract_approval,
    _E.DISRUPTION: extract_disruption,
    _E.OPERATIONAL_UPDATE: extract_update,
    _E.RUMOUR_CLARIFICATION: extract_clarification,
    _E.ROUTINE: extract_routine,
    _E.SHAREHOLDING_PATTERN: extract_shareholding,
}


@dataclass(frozen=True, slots=True)
class RulesEnricher:
    """Reads filings by patterns alone.

    Args:
        clock: Gives ``created_at``.
    """

    clock: Clock = field(default_factory=SystemClock)
    name: str = "rules"
    model: str = ""
    is_remote: bool = False

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        """Category, event type, facts, parties, headline and summary; the same for the same reading."""
        reading, is_addressed = quarantine_reading(scanned(reading))
        pages, further = near_and_further(reading.pages)
        source = Source(reading.announcement, pages, reading.tables, further)
        verdict = classify(source)
        own = own_reading(prompt_set, reading, verdict)
        verdict = own.verdict
        category = own.category or category_in(prompt_set, verdict.label, verdict.event_type)
        extract = own.extract or EXTRACTORS.get(verdict.event_type, _nothing)(source)
        sheet = sheet_of(prompt_set, verdict.event_type)
        facts = check_facts(verdict.event_type, extract.facts, sheet)
        if own.extract is None:
            facts = with_certainty(facts, sheet.kinds())
        for others in (proposed_allottees, named_auditors, named_bodies, named_people):
            extract.parties.extend(others(source, verdict.event_type, extract.parties))
        flags = (
            *document_flags(reading),
            *((FLAG,) if is_addressed else ()),
            *red_flags(source, verdict.event_type, facts),
            *own.flags,
        )
        stage = stage_of(source, verdict.event_type, verdict.label)
        judged = own.judged or of_issuer(source, verdict.event_type, facts, flags)
        roles = [party.role for party in extract.parties]
        headline = own.headline or headline_of(
            source, verdict.event_type, category.label, facts, stage, roles
        )
        summary, copied = summaries_of(source, verdict.event_type, facts)
        made = Enrichment(
            enrichment_id=self._id(reading, prompt_set),
            announcement_id=reading.announcement.announcement_id,
            category=category.label,
            also=verdict.also,
            event_type=verdict.event_type,
            headline=headline,
            summary=summary,
            sentiment=judged[0],
            facts=facts,
            parties=tuple(extract.parties),
            flags=flags,
            enricher=self.name,
            prompt_set=prompt_set.name,
            prompt_version=prompt_set.version,
            created_at=self.clock.now(),
            detail=detail_of(
                source,
                verdict,
                stage,
                facts,
                of_parties(verdict.event_type, source.issuer, judged, extract.parties),
            ),
        )
        plain = partial(plain_headline, source, category.label)
        every = (*pages, *further)
        grounded = ground(made, every, headline=plain, summary=copied, issuer=source.issuer, sheet=sheet)
        checked = guarded(grounded, every, headline=plain, summary=copied)
        return scored(checked, reading, category)

    def _id(self, reading: Reading, prompt_set: PromptSet) -> str:
        return enrichment_id(
            reading.announcement.announcement_id,
            reading.document_ids,
            self.name,
            prompt_set.name,
            prompt_set.version,
            self.model,
        )


def detail_of(
    source: Source, verdict: Verdict, stage: str, facts: dict[str, Fact], told: tuple[PartySentiment, ...]
) -> dict[str, Any]:
    """What goes beyond the common fields: stage, signs, sentiment by party with its reason, deadline kept or not."""
    disclosure = disclosure_of(source, verdict.event_type, stage, facts)
    return {
        "stage": stage,
        "signs": verdict.scores,
        "sentiment": [one.model_dump(mode="json") for one in told],
        "disclosure": disclosure.model_dump(mode="json") if disclosure else {"late": "unknown"},
    }


def scanned(reading: Reading) -> Reading:
    """The reading with the pages that rules look at: the first ones, and later ones with statements."""
    near = bounded(reading.pages)
    return reading.model_copy(update={"pages": (*near, *further_pages(reading.pages, near))})


def near_and_further(pages: tuple[Page, ...]) -> tuple[tuple[Page, ...], tuple[Page, ...]]:
    """The first pages, and those behind them that only statements of results are looked for in."""
    return pages[: MAX_PAGES + 1], pages[MAX_PAGES + 1 :]


def bounded(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """The first pages, each cut to a length that rules can scan fast."""
    chosen = sorted(pages, key=lambda page: page.number)[: MAX_PAGES + 1]
    return tuple(_bounded(page) for page in chosen)


def _bounded(page: Page) -> Page:
    text = page.text[:MAX_PAGE_CHARS].replace("\r\n", "\n")
    return page if text == page.text else page.model_copy(update={"text": text})


def further_pages(pages: tuple[Page, ...], taken: tuple[Page, ...]) -> tuple[Page, ...]:
    """Later pages that seem to hold a statement of results: the consolidated one stands behind the other."""
    seen = {page.number for page in taken}
    later = [page for page in pages if page.number not in seen and page.number <= LAST_STATEMENT_PAGE]
    return bounded(tuple(page for page in later if "from operations" in page.text[:MAX_PAGE_CHARS].lower()))


def _nothing(_source: Source) -> Extract:
    return Extract()
