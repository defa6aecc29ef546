"""The LLM enricher: any service that speaks OpenAI's protocol, held to a schema and to the pages."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

from backfin.clock import Clock, SystemClock
from backfin.enrichment.grounding import ground
from backfin.enrichment.injection import FLAG, quarantine
from backfin.enrichment.llm_errors import translated
from backfin.enrichment.llm_input import filing_text
from backfin.enrichment.reply import Reply, parse_reply, reply_schema
from backfin.enrichment.reply_facts import facts_of, parties_of
from backfin.enrichment.rules.enricher import RulesEnricher, category_in, document_flags, scored
from backfin.errors import ConfigError, NotConfigured, ReplyInvalid
from backfin.identity import enrichment_id
from backfin.interfaces import PromptSet
from backfin.models import Enrichment, Page, Reading
from backfin.settings import LlmSettings

_MILLION = Decimal(1_000_000)


class LlmEnricher:
    """Asks a model once, repairs once, and believes nothing that the pages do not bear out.

    Args:
        settings: Service, key, model, limits and prices.
        clock: Gives ``created_at``.

    Raises:
        NotConfigured: There is no key; the rules work alone.
        ConfigError: There is a key but no model.
    """

    name = "llm"
    is_remote = True

    def __init__(self, settings: LlmSettings, clock: Clock | None = None) -> None:
        if settings.api_key is None or not settings.api_key.get_secret_value().strip():
            raise NotConfigured("No key of a model service is set; the rules read every filing.")
        if not settings.model:
            raise ConfigError("A key of a model service is set but no model; set BACKFIN_LLM__MODEL.")
        self.model: str = settings.model
        self._settings = settings
        self._key = settings.api_key
        self._clock = clock or SystemClock()
        self._rules = RulesEnricher(self._clock)
        self._lock = threading.Lock()
        self._opened: Any = None

    def check(self) -> None:
        """One cheap call that proves key, address and model.

        Raises:
            ConfigError: Key, address or model is wrong.
            ModelBusy, RateLimited: The service cannot say now.
        """
        with translated(self.model):
            self._client().chat.completions.create(
                model=self.model, messages=[{"role": "user", "content": "ok"}], max_completion_tokens=16
            )

    def close(self) -> None:
        """Closes the connections."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        """Reads one announcement with the model.

        Where the filing holds text that addresses a model, that text is taken out, and category, event type,
        sentiment, headline and summary come from the rules: only facts that stand on its pages are taken.

        Raises:
            ModelBusy, RateLimited: Trying again can help.
            ReplyInvalid: No usable answer, also after one repair.
            ConfigError: Key, address or model is wrong.
        """
        pages, is_addressed = quarantine(reading.pages)
        conversation = _Conversation(self, prompt_set)
        reply = conversation.ask(filing_text(reading, pages, self._settings.max_input_chars))
        plain = self._rules.enrich(reading, prompt_set)
        made = self._made(reading, prompt_set, reply, pages, conversation.tokens)
        if is_addressed:
            made = made.model_copy(update=_verdict_of(plain, made))
        issuer = reading.announcement.issuer_name
        grounded = ground(made, pages, headline=plain.headline, summary=plain.summary, issuer=issuer)
        return scored(grounded, reading, category_in(prompt_set, grounded.category, grounded.event_type))

    def complete(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> tuple[str, int, int]:
        """One call: the answer's text, tokens read and tokens written."""
        with translated(self.model):
            completion = self._client().chat.completions.create(
                model=self.model,
                messages=messages,
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "filing", "strict": True, "schema": schema},
                },
            )
        usage = completion.usage
        tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
        if not completion.choices:
            return "", *tokens
        choice = completion.choices[0]
        return ("" if choice.finish_reason == "content_filter" else choice.message.content or ""), *tokens

    def _client(self) -> Any:
        import openai

        with self._lock:
            if self._opened is None:
                self._opened = openai.OpenAI(
                    api_key=self._key.get_secret_value(),
                    base_url=self._settings.base_url,
                    timeout=self._settings.timeout,
                    max_retries=0,
                )
            return self._opened

    def _made(
        self,
        reading: Reading,
        prompt_set: PromptSet,
        reply: Reply,
        pages: tuple[Page, ...],
        tokens: tuple[int, int],
    ) -> Enrichment:
        facts, refused = facts_of(reply, pages)
        flags = (*document_flags(reading), *(f"ungrounded:{field}" for field in refused))
        announcement_id = reading.announcement.announcement_id
        key = (
            announcement_id,
            reading.document_ids,
            self.name,
            prompt_set.name,
            prompt_set.version,
            self.model,
        )
        return Enrichment(
            enrichment_id=enrichment_id(*key),
            announcement_id=announcement_id,
            category=reply.category,
            also=tuple(dict.fromkeys(reply.also)),
            event_type=reply.event_type,
            headline=reply.headline,
            summary=reply.summary,
            sentiment=reply.sentiment,
            facts=facts,
            parties=parties_of(reply, pages),
            flags=flags,
            enricher=self.name,
            prompt_set=prompt_set.name,
            prompt_version=prompt_set.version,
            model=self.model,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            cost_usd=self._cost(*tokens),
            created_at=self._clock.now(),
        )

    def _cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        price_in = Decimal(str(self._settings.input_usd_per_million))
        price_out = Decimal(str(self._settings.output_usd_per_million))
        return (tokens_in * price_in + tokens_out * price_out) / _MILLION


class _Conversation:
    """One question and at most one repair, with the tokens of both."""

    def __init__(self, enricher: LlmEnricher, prompt_set: PromptSet) -> None:
        self._enricher = enricher
        self._prompt_set = prompt_set
        self._schema = reply_schema(prompt_set)
        self.tokens = (0, 0)

    def ask(self, filing: str) -> Reply:
        messages = [
            {"role": "system", "content": self._prompt_set.system_prompt()},
            {"role": "user", "content": filing},
        ]
        answer = self._call(messages)
        try:
            return parse_reply(answer, self._prompt_set)
        except ReplyInvalid as problem:
            repair = (
                f"{problem.sentence} Answer again with one JSON object that fits the schema, nothing else."
            )
            messages += [{"role": "assistant", "content": answer[:8000]}, {"role": "user", "content": repair}]
        return parse_reply(self._call(messages), self._prompt_set)

    def _call(self, messages: list[dict[str, str]]) -> str:
        text, read, written = self._enricher.complete(messages, self._schema)
        self.tokens = (self.tokens[0] + read, self.tokens[1] + written)
        return text


def _verdict_of(rules: Enrichment, model: Enrichment) -> dict[str, Any]:
    """The rules' judgement over the model's, with only those of its facts that fit."""
    same_event = rules.event_type is model.event_type
    return {
        "category": rules.category,
        "also": rules.also,
        "event_type": rules.event_type,
        "headline": rules.headline,
        "summary": rules.summary,
        "sentiment": rules.sentiment,
        "facts": model.facts if same_event else rules.facts,
        "parties": model.parties if same_event else rules.parties,
        "flags": tuple(dict.fromkeys((*model.flags, *rules.flags, FLAG))),
    }
