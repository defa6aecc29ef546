"""What a service sends back, checked: a page of HTML or a number that is none ends in a stated error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError

from backfin.enrichment.llm_pages import estimate_tokens
from backfin.errors import ModelBusy

#: No service counts more tokens than this in one call.
_MOST_TOKENS = 100_000_000


@dataclass(frozen=True, slots=True)
class Completion:
    """A reply as it came, and what it took."""

    text: str
    input_tokens: int
    output_tokens: int


def _text(value: Any) -> Any:
    """A message's words: some services send them in parts."""
    if not isinstance(value, list):
        return value
    parts = [part.get("text") for part in value if isinstance(part, dict)]
    return "".join(part for part in parts if isinstance(part, str))


def _tokens(value: Any) -> int | None:
    """A count of tokens; ``None`` for anything that cannot be one, which must not make a budget larger."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_TOKENS
    return value if is_count else None


class _Message(BaseModel):
    content: Annotated[str | None, BeforeValidator(_text)] = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Message | None = None


class _Usage(BaseModel):
    prompt_tokens: Annotated[int | None, BeforeValidator(_tokens)] = None
    completion_tokens: Annotated[int | None, BeforeValidator(_tokens)] = None


class _Body(BaseModel):
    choices: list[_Choice] | None
    usage: _Usage | None = None
    error: None = None


def completion_in(body: bytes, input_tokens: int) -> Completion:
    """The reply in the body of an answer.

    Args:
        body: What the service sent.
        input_tokens: The estimate, which counts where the service does not.

    Raises:
        ModelBusy: It is no completion; gateways answer like that while a service is away.
    """
    try:
        came = _Body.model_validate_json(body)
    except ValidationError as problem:
        raise ModelBusy(
            "The model service answered with something else than a completion; it is asked again."
            " If it stays so, check BACKFIN_LLM__BASE_URL."
        ) from problem
    choice = came.choices[0] if came.choices else None
    text = ""
    if choice is not None and choice.message is not None and choice.finish_reason != "content_filter":
        text = choice.message.content or ""
    usage = came.usage or _Usage()
    return Completion(
        text, usage.prompt_tokens or input_tokens, usage.completion_tokens or estimate_tokens(text)
    )
