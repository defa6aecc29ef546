"""The LLM enricher: any service that speaks OpenAI's protocol, held to schemas and to the pages."""

from __future__ import annotations

import time
from collections.abc import Callable

from backfin.clock import Clock, SystemClock
from backfin.enrichment.crosscheck import compared, under_suspicion
from backfin.enrichment.grounding import ground
from backfin.enrichment.guards import guarded
from backfin.enrichment.injection import quarantine_reading
from backfin.enrichment.llm_ask import Asker
from backfin.enrichment.llm_ledger import LocalLedger
from backfin.enrichment.llm_questions import Questions
from backfin.enrichment.llm_service import LlmService
from backfin.enrichment.prompts import sheet_of
from backfin.enrichment.reply import Statement, Verdict
from backfin.enrichment.reply_facts import facts_of, parties_of
from backfin.enrichment.rules.unloaded import UnloadedRules
from backfin.enrichment.scoring import category_in, scored
from backfin.identity import enrichment_id
from backfin.interfaces import ModelLedger, PromptSet
from backfin.models import CallLimits, Enrichment, EventType, Reading
from backfin.settings import LlmSettings


class LlmEnricher:
    """Asks a model what a filing is and what it states, and believes nothing that the pages do not bear out.

    Two calls for a normal filing, one for a routine one; each is repaired once at most.

    Args:
        settings: Service, key, model, limits and prices.
        clock: Gives ``created_at``.
        ledger: Keeps replies, sums and turns for all processes; for this one alone when left out.
        sleep: Waits that many seconds for a turn.

    Raises:
        NotConfigured: There is no key; the rules work alone.
        ConfigError: There is a key but no model.
    """

    name = "llm"
    is_remote = True

    def __init__(
        self,
        settings: LlmSettings,
        clock: Clock | None = None,
        ledger: ModelLedger | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._service = LlmService(settings)
        self.model: str = self._service.model
        self._settings = settings
        self._clock = clock or SystemClock()
        self._ledger = ledger or LocalLedger(self._clock)
        self._sleep = sleep
        self._rules = UnloadedRules(self._clock)

    def check(self) -> None:
        """One cheap call that proves key, address and model.

        Raises:
            ConfigError: Key, address or model is wrong.
            ModelBusy, RateLimited: The service cannot say now.
        """
        self._service.check()

    def close(self) -> None:
        """Closes the connections."""
        self._service.close()

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        """Reads one announcement with the model.

        Where the filing holds text that addresses a model, that text is taken out, and category, event type,
        sentiment, headline and summary come from the rules: of the model's facts only those are taken that
        the rules find too.

        Raises:
            ModelBusy, RateLimited: Trying again can help.
            ReplyInvalid: No usable answer, also after one repair.
            BudgetSpent: A budget is spent.
            ConfigError: Key, address or model is wrong.
        """
        plain = self._rules.enrich(reading, prompt_set)
        reading, is_addressed = quarantine_reading(reading)
        pages = reading.pages
        asked = Questions(self._asker(reading, prompt_set), reading, prompt_set, pages, self._settings)
        verdict = asked.verdict()
        event_type = plain.event_type if is_addressed else verdict.event_type
        statement = asked.statement(event_type) if event_type is not EventType.ROUTINE else None
        made = self._made(asked, verdict, event_type, statement)
        if statement is None and plain.event_type is EventType.ROUTINE:
            made = made.model_copy(update={"facts": plain.facts, "parties": plain.parties})
        known = {name: value for name, value in plain.detail.items() if name != "checks"}
        made = made.model_copy(update={"detail": {**known, **made.detail}})
        issuer = reading.announcement.issuer_name
        made = ground(
            made,
            pages,
            headline=plain.headline,
            summary=plain.summary,
            issuer=issuer,
            sheet=sheet_of(prompt_set, event_type),
        )
        made = under_suspicion(made, plain) if is_addressed else compared(made, plain)
        made = guarded(made, pages, headline=plain.headline, summary=plain.summary)
        return scored(made, reading, category_in(prompt_set, made.category, made.event_type))

    def _asker(self, reading: Reading, prompt_set: PromptSet) -> Asker:
        return Asker(
            self._service,
            self._ledger,
            limits_of(self._settings),
            self._clock,
            prompt_set,
            reading.announcement.announcement_id,
            self._sleep,
        )

    def _made(
        self, asked: Questions, verdict: Verdict, event_type: EventType, statement: Statement | None
    ) -> Enrichment:
        stated = statement or Statement()
        facts, refused = facts_of(stated, event_type, asked.pages, sheet_of(asked.prompt_set, event_type))
        announcement_id = asked.reading.announcement.announcement_id
        key = (announcement_id, asked.reading.document_ids, self.name)
        words = (asked.prompt_set.name, asked.prompt_set.version, self.model)
        return Enrichment(
            enrichment_id=enrichment_id(*key, *words),
            announcement_id=announcement_id,
            category=verdict.category,
            also=tuple(verdict.also),
            event_type=event_type,
            headline=verdict.headline,
            summary=verdict.summary,
            sentiment=verdict.sentiment,
            facts=facts,
            parties=parties_of(stated, asked.pages),
            flags=(*asked.flags(), *(f"ungrounded:{field}" for field in refused)),
            enricher=self.name,
            prompt_set=asked.prompt_set.name,
            prompt_version=asked.prompt_set.version,
            model=self.model,
            input_tokens=asked.asker.input_tokens,
            output_tokens=asked.asker.output_tokens,
            cost_usd=asked.asker.cost_usd,
            created_at=self._clock.now(),
            detail=asked.detail(),
        )


def limits_of(settings: LlmSettings) -> CallLimits:
    """The limits that all processes keep together."""
    return CallLimits(
        requests_per_minute=settings.requests_per_minute,
        tokens_per_minute=settings.tokens_per_minute,
        daily_usd=settings.daily_budget_usd,
        daily_tokens=settings.daily_budget_tokens,
        filing_calls=settings.max_calls_per_filing,
        filing_tokens=settings.max_tokens_per_filing,
        max_wait_s=settings.max_wait,
        breaker_failures=settings.breaker_failures,
        breaker_cooldown_s=settings.breaker_cooldown,
    )
