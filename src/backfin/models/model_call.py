"""One question to a language model, and the limits it is asked under."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime, Field

from backfin.models.base import Frozen


class CallOutcome(StrEnum):
    """What came of a call: nothing yet, a usable reply, one that fits no schema, or no reply."""

    ASKED = "asked"
    VALID = "valid"
    INVALID = "invalid"
    FAILED = "failed"


class ModelCall(Frozen):
    """One attempt, kept whatever came of it.

    ``key`` names the question: the same text under the same prompt to the same model has the same key.
    ``question`` is ``classify`` or ``facts:<event type>``. ``at`` is when the call may start. Tokens are
    estimates as long as the outcome is ``asked``; ``reply`` is the model's answer, letter by letter.
    """

    call_id: str
    key: str
    service: str
    model: str
    announcement_id: str
    question: str
    prompt_set: str
    prompt_version: str
    at: AwareDatetime
    outcome: CallOutcome = CallOutcome.ASKED
    reply: str = ""
    error: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal = Decimal(0)

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.input_tokens + self.output_tokens


class CallLimits(Frozen):
    """What all processes together may ask of a service. ``None`` is no limit; times are seconds.

    A day is a day in India; calls and tokens of a filing count per day too. After ``breaker_failures`` calls
    in a row without an answer the service is left alone for ``breaker_cooldown_s``, doubled each time.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    daily_usd: float | None = None
    daily_tokens: int | None = None
    filing_calls: int | None = None
    filing_tokens: int | None = None
    max_wait_s: float = 30.0
    breaker_failures: int = Field(default=5, ge=1)
    breaker_cooldown_s: float = 30.0


class ModelUse(Frozen):
    """What was asked of models in a stretch of time, calls without an answer not counted."""

    calls: int = 0
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)
