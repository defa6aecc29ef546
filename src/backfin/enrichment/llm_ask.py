"""One question to a model: answered from the ledger, or asked within the limits, repaired once, and kept."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic

from backfin.clock import Clock
from backfin.enrichment.llm_input import new_mark, rule_of
from backfin.enrichment.llm_service import LlmService, Messages, tokens_of
from backfin.enrichment.llm_wire import Completion
from backfin.enrichment.reply import Answer
from backfin.errors import BackfinError, ModelBusy, RateLimited, ReplyInvalid
from backfin.interfaces import ModelLedger, PromptSet
from backfin.models.model_call import CallLimits, CallOutcome, ModelCall

#: A reply that is to be repaired is shown again up to this many characters.
_SHOWN_AGAIN = 8000

#: A service that counts less than this part of the estimate, which is from above, did not read all of it.
_LEAST_READ = 0.35


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """What is asked, and how the answer is read.

    ``filing`` makes the text that is sent from a mark; ``output_tokens`` is what the answer is expected to take.
    """

    name: str
    system: str
    filing: Callable[[str], str]
    schema: dict[str, Any]
    parse: Callable[[str], Answer]
    output_tokens: int

    def key(self, model: str, prompt_set: PromptSet) -> str:
        """The same for the same text under the same words to the same model."""
        parts = (
            model,
            prompt_set.name,
            prompt_set.version,
            self.name,
            self.system,
            json.dumps(self.schema, sort_keys=True),
            self.filing(""),
        )
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()

    def messages(self) -> Messages:
        """What is sent: instructions, and the filing between marks made for this one request."""
        mark = new_mark(self.filing(""))
        return [
            {"role": "system", "content": self.system + rule_of(mark)},
            {"role": "user", "content": self.filing(mark)},
        ]


@dataclass
class Asker:
    """Asks the questions about one filing and keeps the account of them.

    Args:
        service: Where the model is.
        ledger: Who keeps replies, sums and turns.
        limits: What may be asked.
        clock: Dates the calls.
        prompt_set: Whose words are used.
        announcement_id: The filing.
        sleep: Waits that many seconds.

    ``calls`` are those behind the answers, ``reused`` the ids of those that were kept from before, and ``cut``
    the questions of which the service did not read all.
    """

    service: LlmService
    ledger: ModelLedger
    limits: CallLimits
    clock: Clock
    prompt_set: PromptSet
    announcement_id: str
    sleep: Callable[[float], None] = time.sleep
    calls: list[ModelCall] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)
    reused: set[str] = field(default_factory=set)

    def ask(self, question: Question[Answer]) -> Answer:
        """The answer to a question: a kept one if there is, else asked, and asked once more if it is unusable.

        Raises:
            ModelBusy, RateLimited: Trying again can help.
            ReplyInvalid: No usable answer, also after one repair.
            BudgetSpent: It may not be asked.
            ConfigError: Key, address or model is wrong.
        """
        key = question.key(self.service.model, self.prompt_set)
        kept = self._kept(key, question)
        if kept is not None:
            return kept
        messages = question.messages()
        try:
            return self._asked(key, question, messages)
        except _Unusable as problem:
            repair = (
                f"{problem.sentence} Answer again with one JSON object that fits the schema, nothing else."
            )
            shown = problem.reply[:_SHOWN_AGAIN]
            messages += [{"role": "assistant", "content": shown}, {"role": "user", "content": repair}]
        return self._asked(key, question, messages)

    @property
    def input_tokens(self) -> int:
        """Tokens that the replies behind the reading took in."""
        return sum(call.input_tokens for call in self.calls)

    @property
    def output_tokens(self) -> int:
        """Tokens that they gave out."""
        return sum(call.output_tokens for call in self.calls)

    @property
    def cost_usd(self) -> Decimal:
        """What they cost when they were asked."""
        return sum((call.cost_usd for call in self.calls), Decimal(0))

    def account(self) -> list[dict[str, Any]]:
        """Every call behind the reading, with the id under which its raw reply is kept."""
        return [
            {
                "call_id": call.call_id,
                "question": call.question,
                "outcome": call.outcome.value,
                "tokens": call.tokens,
                "reused": call.call_id in self.reused,
            }
            for call in self.calls
        ]

    def _kept(self, key: str, question: Question[Answer]) -> Answer | None:
        call = self.ledger.find(key)
        if call is None:
            return None
        try:
            answer = question.parse(call.reply)
        except ReplyInvalid:
            return None
        self.calls.append(call)
        self.reused.add(call.call_id)
        self._note_cut(call, question.messages())
        return answer

    def _asked(self, key: str, question: Question[Answer], messages: Messages) -> Answer:
        call = self._begun(key, question, messages)
        completion = self._completed(call, messages, question.schema)
        try:
            answer = question.parse(completion.text)
        except ReplyInvalid as problem:
            self._finish(call, CallOutcome.INVALID, completion, problem.sentence)
            raise _Unusable(problem.sentence, completion.text) from problem
        self._note_cut(self._finish(call, CallOutcome.VALID, completion), messages)
        return answer

    def _note_cut(self, call: ModelCall, messages: Messages) -> None:
        """Services with a small context cut a prompt without a word; their own count tells."""
        if call.input_tokens < _LEAST_READ * tokens_of(messages):
            self.cut.add(call.question)

    def _begun(self, key: str, question: Question[Answer], messages: Messages) -> ModelCall:
        input_tokens = tokens_of(messages)
        call = ModelCall(
            call_id=f"c_{uuid.uuid4().hex}",
            key=key,
            service=self.service.name,
            model=self.service.model,
            announcement_id=self.announcement_id,
            question=question.name,
            prompt_set=self.prompt_set.name,
            prompt_version=self.prompt_set.version,
            at=self.clock.now(),
            input_tokens=input_tokens,
            output_tokens=question.output_tokens,
            cost_usd=self.service.cost(input_tokens, question.output_tokens),
        )
        wait_s = self.ledger.begin(call, self.limits)
        if wait_s > 0:
            self.sleep(wait_s)
        return call

    def _completed(self, call: ModelCall, messages: Messages, schema: dict[str, Any]) -> Completion:
        """The service's reply; without one the ledger learns why, so that other processes know."""
        try:
            completion = self.service.complete(messages, schema)
        except BackfinError as problem:
            self._finish(call, CallOutcome.FAILED, Completion("", 0, 0), problem.sentence)
            if isinstance(problem, RateLimited):
                self.ledger.stay_away(call.service, float(problem.delay), why=problem.sentence)
            elif isinstance(problem, ModelBusy):
                self.ledger.failed(call.service, self.limits, why=problem.sentence)
            raise
        self.ledger.answered(call.service)
        return completion

    def _finish(self, call: ModelCall, outcome: CallOutcome, came: Completion, error: str = "") -> ModelCall:
        done = call.model_copy(
            update={
                "outcome": outcome,
                "reply": came.text,
                "error": error,
                "input_tokens": came.input_tokens,
                "output_tokens": came.output_tokens,
                "cost_usd": self.service.cost(came.input_tokens, came.output_tokens),
            }
        )
        self.ledger.finish(done)
        self.calls.append(done)
        return done


class _Unusable(ReplyInvalid):
    """A reply that fits no schema, with its words."""

    def __init__(self, sentence: str, reply: str) -> None:
        super().__init__(sentence, reply=reply)

    @property
    def reply(self) -> str:
        """The reply as it came."""
        return str(self.facts["reply"])
