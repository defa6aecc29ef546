"""The connection to a model's service: one call at a time, its errors in our own words."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from backfin.enrichment.llm_errors import translated
from backfin.enrichment.llm_pages import estimate_tokens
from backfin.enrichment.llm_wire import Completion, completion_in
from backfin.errors import ConfigError, ModelBusy, NotConfigured, ReplyInvalid
from backfin.settings import LlmSettings
from backfin.tracing import span

_MILLION = Decimal(1_000_000)

Messages = list[dict[str, str]]


#: A reply is read up to here; the longest that a filing asks for has a hundredth of it.
MOST_REPLY_BYTES = 16 * 1024 * 1024


class LlmService:
    """A service that speaks OpenAI's protocol, opened at the first call.

    Args:
        settings: Service, key, model, time limit, prices, and how replies are asked for.

    Raises:
        NotConfigured: There is no key.
        ConfigError: There is a key but no model.
    """

    def __init__(self, settings: LlmSettings) -> None:
        if settings.api_key is None or not settings.api_key.get_secret_value().strip():
            raise NotConfigured("No key of a model service is set; the rules read every filing.")
        if not settings.model:
            raise ConfigError("A key of a model service is set but no model; set BACKFIN_LLM__MODEL.")
        self.model: str = settings.model
        self._settings = settings
        self._key = settings.api_key
        self._lock = threading.Lock()
        self._opened: Any = None

    @property
    def name(self) -> str:
        """The service as limits are counted: host and model."""
        return f"{urlsplit(self._settings.base_url or 'https://api.openai.com').netloc}/{self.model}"

    def check(self) -> None:
        """One cheap call that proves key, address and model.

        Raises:
            ConfigError: Key, address or model is wrong.
            ModelBusy, RateLimited: The service cannot say now.
        """
        self._create([{"role": "user", "content": "ok"}], 16, {})

    def complete(self, messages: Messages, schema: dict[str, Any]) -> Completion:
        """One call.

        Raises:
            ModelBusy, RateLimited: Trying again can help.
            ReplyInvalid: The service refused the request.
            ConfigError: Key, address or model is wrong.
        """
        asked, options = self._asked(messages, schema)
        return self._create(asked, self._settings.max_output_tokens, options)

    def cost(self, input_tokens: int, output_tokens: int) -> Decimal:
        """What tokens cost, in US dollars."""
        price_in = Decimal(str(self._settings.input_usd_per_million))
        price_out = Decimal(str(self._settings.output_usd_per_million))
        return (input_tokens * price_in + output_tokens * price_out) / _MILLION

    def close(self) -> None:
        """Closes the connections."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _asked(self, messages: Messages, schema: dict[str, Any]) -> tuple[Messages, dict[str, Any]]:
        """The messages and options that make the service answer in the schema, as far as it can."""
        form = self._settings.reply_format
        if form == "json_schema":
            json_schema = {"name": "answer", "strict": True, "schema": schema}
            return messages, {"response_format": {"type": "json_schema", "json_schema": json_schema}}
        system, *others = messages
        told = f"{system['content']}\n\nThe JSON schema of your answer:\n{json.dumps(schema)}"
        options = {"response_format": {"type": "json_object"}} if form == "json_object" else {}
        return [{**system, "content": told}, *others], options

    def _create(self, messages: Messages, most_tokens: int, options: dict[str, Any]) -> Completion:
        """One call, of which neither the time nor the size is up to the service."""
        client = self._client()
        end = time.monotonic() + self._settings.timeout
        with span("model call", **{"gen_ai.request.model": self.model}), translated(self.model):
            stream = client.chat.completions.with_streaming_response.create(
                model=self.model, messages=messages, max_completion_tokens=most_tokens, **options
            )
            with stream as response:
                body = self._read(response.iter_bytes(), end)
        return completion_in(body, tokens_of(messages))

    def _read(self, chunks: Iterable[bytes], end: float) -> bytes:
        body = bytearray()
        for chunk in chunks:
            if body and time.monotonic() > end:
                raise ModelBusy(
                    f"The model service took longer than {self._settings.timeout:g} s; it is asked again."
                )
            body += chunk
            if len(body) > MOST_REPLY_BYTES:
                raise ReplyInvalid(
                    f"The model service sent more than {MOST_REPLY_BYTES // 2**20} MB; lower llm.max_output_tokens."
                )
        return bytes(body)

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


def tokens_of(messages: Messages) -> int:
    """Tokens of messages, estimated."""
    return sum(estimate_tokens(message["content"]) for message in messages)
