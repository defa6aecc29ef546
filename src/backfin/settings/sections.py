"""The sections of the settings beside those of exchanges. Times are seconds, sizes are bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from backfin.settings.fields import (
    Hosts,
    Names,
    OptionalNames,
    Section,
    TimeOfDay,
    UnsubscribeUrl,
    WebhookSecret,
    WebUrl,
    ZoneName,
)


class LlmSettings(Section):
    """An OpenAI-compatible service. Without a key the rules enricher works alone."""

    base_url: str | None = Field(
        default=None,
        description="Address of an OpenAI-compatible service; `OPENAI_BASE_URL` is honoured too.",
    )
    api_key: SecretStr | None = Field(
        default=None, description="Its key; `OPENAI_API_KEY` is honoured too. Without one, rules read alone."
    )
    model: str | None = Field(default=None, description="Name of the model.")
    timeout: float = Field(default=60.0, gt=0, description="Seconds to wait for a reply.")
    max_input_tokens: int = Field(
        default=16_000,
        ge=500,
        description="Most tokens of a filing's text sent with the question for its facts, estimated.",
    )
    max_classify_tokens: int = Field(
        default=4_000, ge=500, description="The same for the question what the filing is."
    )
    max_output_tokens: int = Field(default=8_000, gt=0, description="Most tokens of one reply.")
    reply_format: Literal["json_schema", "json_object", "text"] = Field(
        default="json_schema",
        description="How the service is told the schema of its reply: `json_schema`, or inside the prompt "
        "with `json_object` or `text`.",
    )
    max_calls_per_filing: int = Field(
        default=4, ge=1, description="Most calls for one filing on one day; a normal one takes two at most."
    )
    max_tokens_per_filing: int = Field(
        default=100_000, gt=0, description="Most tokens for one filing on one day, read and written."
    )
    input_usd_per_million: float = Field(
        default=0.0, ge=0, description="Price of a million input tokens, in USD."
    )
    output_usd_per_million: float = Field(
        default=0.0, ge=0, description="Price of a million output tokens, in USD."
    )
    daily_budget_usd: float | None = Field(
        default=None, ge=0, description="Most US dollars on one day (in India), by the prices above."
    )
    daily_budget_tokens: int | None = Field(
        default=None, ge=0, description="Most tokens on one day, read and written."
    )
    requests_per_minute: int | None = Field(
        default=None, gt=0, description="Most requests in any minute, all processes together."
    )
    tokens_per_minute: int | None = Field(
        default=None, gt=0, description="Most tokens in any minute, all processes together."
    )
    max_wait: float = Field(
        default=30.0,
        ge=0,
        description="Seconds a call waits for its turn; beyond, the filing comes back later.",
    )
    breaker_failures: int = Field(
        default=5, ge=1, description="Calls in a row without an answer after which the service is left alone."
    )
    breaker_cooldown: float = Field(
        default=30.0, gt=0, description="Seconds it is left alone; doubles up to an hour."
    )
    keep_days: int = Field(
        default=400,
        ge=2,
        description="Days for which calls and their raw replies are kept; older ones are deleted.",
    )

    @field_validator("daily_budget_usd")
    @classmethod
    def _has_prices(cls, budget: float | None, info: ValidationInfo) -> float | None:
        prices = (info.data.get(f"{side}_usd_per_million") for side in ("input", "output"))
        if budget is not None and not any(prices):
            raise ValueError(
                "it holds nothing back while every call counts as free; set input_usd_per_million and"
                " output_usd_per_million, or use daily_budget_tokens"
            )
        return budget


class DocumentSettings(Section):
    """Limits of the child processes that read files."""

    processes: int = Field(default=2, ge=1, description="Reader processes for each worker process.")
    timeout: float = Field(default=60.0, gt=0, description="Seconds one file may take.")
    max_memory_bytes: int = Field(
        default=1536 * 1024 * 1024, gt=0, description="Memory of one reader, in bytes."
    )
    max_pages: int = Field(default=2000, gt=0, description="Pages read of one file.")
    max_chars: int = Field(default=20_000_000, gt=0, description="Characters kept of one file.")
    recycle_after: int = Field(default=500, ge=1, description="Files after which a reader is replaced.")
    tables: bool = Field(default=True, description="Whether tables are rebuilt from where the words stand.")
    ocr: bool = Field(
        default=True,
        description=(
            "Whether pages without readable text go to `tesseract`, where it is installed, and text behind a scan"
            " is compared with what the scan shows."
        ),
    )
    ocr_languages: str = Field(
        default="eng+hin",
        pattern=r"^\w+(\+\w+)*$",
        description="Languages of such pages; the first is tried alone, all of them where it is in doubt.",
    )
    ocr_timeout: float = Field(
        default=45.0, gt=0, description="Seconds of OCR one file may take, within `documents.timeout`."
    )


class SmtpSettings(Section):
    """The mail server of ``mailto:`` addresses."""

    host: str | None = Field(default=None, description="Name of the mail server; without it no mail is sent.")
    port: int = Field(default=587, gt=0, lt=65536, description="Its port.")
    username: str | None = Field(default=None, description="Name to log in with.")
    password: SecretStr | None = Field(default=None, description="Password to log in with.")
    starttls: bool = Field(default=True, description="Whether the connection is encrypted by STARTTLS.")
    sender: str | None = Field(default=None, description="Address that mails come from.")
    timeout: float = Field(default=30.0, gt=0, description="Seconds to wait for the server.")


class NotificationSettings(Section):
    """Alerts."""

    max_age: float = Field(
        default=24 * 3600.0, gt=0, description="Seconds after which news is too old to send."
    )
    digest_at: TimeOfDay = Field(
        default="18:30", description="Time of day (`HH:MM`) of digests, where a watch has none of its own."
    )
    digest_zone: ZoneName = Field(
        default="Asia/Kolkata", description="Zone of that time, where a watch has none of its own."
    )
    digest_max_age: float = Field(
        default=30 * 24 * 3600.0,
        gt=0,
        description="Seconds after which news is too old for a digest, and a digest too old to send.",
    )
    webhook_secret: WebhookSecret = Field(
        default=None,
        description="Key (`whsec_…`) that signs webhooks; several, comma-separated, while rotating. "
        "Made at first use.",
    )
    webhook_timeout: float = Field(default=15.0, gt=0, description="Seconds to wait for a webhook's answer.")
    unsubscribe_url: UnsubscribeUrl = Field(
        default=None,
        description="Address of a page that ends a watch, `https://…{token}…`: mails offer it as one click (RFC 8058).",
    )
    unsubscribe_mailto: str | None = Field(
        default=None,
        pattern=r"^[^\s@<>,;:?&]+@[^\s@<>,;:?&]+$",
        description="Mailbox that mails offer to unsubscribe at; the sender's where not set.",
    )
    smtp: SmtpSettings = SmtpSettings()


class EgressSettings(Section):
    """Which private hosts and networks webhooks and downloads may reach."""

    allow: Hosts = Field(
        default=(),
        description="Hosts or networks, comma-separated, that may be reached although they are private, "
        "e.g. `127.0.0.1`.",
    )


class StepSettings(Section):
    """Deadlines of the pipeline, in seconds."""

    deadline: float = Field(
        default=120.0, gt=0, description="Seconds without progress after which an item is sent again."
    )
    remote_deadline: float = Field(
        default=900.0, gt=0, description="The same for a step that calls a remote LLM."
    )
    max_tries: int = Field(default=5, ge=1, description="Runs of one step before an item is quarantined.")
    breaker_failures: int = Field(
        default=8, ge=1, description="Items in a row at which a step fails for one reason before it rests."
    )
    breaker_cooldown: float = Field(
        default=10.0, gt=0, description="Seconds it rests; doubles up to an hour. Then one item goes first."
    )
    bulk_processes: int = Field(
        default=1,
        ge=1,
        description="Processes of one worker command that do replays, where it has more; they leave live work to the"
        " others meanwhile.",
    )
    bulk_threads: int | None = Field(
        default=None,
        ge=1,
        description="Threads of a worker process that replays may have; half of them when not set.",
    )
    replay_window: int = Field(
        default=2000, ge=1, description="Most items of one replay that are sent and not done."
    )


class TelemetrySettings(Section):
    """What is told to tools that watch over backfin. Nothing is unless asked for."""

    metrics_port: int | None = Field(
        default=None,
        gt=0,
        lt=65536,
        description="Port on 127.0.0.1 at which `backfin up` serves metrics for Prometheus.",
    )
    otlp_endpoint: WebUrl | None = Field(
        default=None,
        description="Address that traces are sent to (OTLP over HTTP), e.g. `http://127.0.0.1:4318`; "
        "`OTEL_EXPORTER_OTLP_ENDPOINT` is honoured too.",
    )


class PluginSettings(Section):
    """Which plugins are loaded."""

    enabled: OptionalNames = Field(
        default=None,
        description="Installed plugins to load; all when not set, none when empty. "
        "`BACKFIN_PLUGINS` is the short way to write it.",
    )
    disabled: Names = Field(
        default=(), description="Plugins that are never imported, built-in ones included."
    )
    required: Names = Field(default=(), description="Plugins without which nothing starts.")
    strict: bool = Field(default=False, description="Whether one broken plugin stops everything.")
    prefer: dict[str, str] = Field(
        default_factory=dict,
        description="Who owns a name two plugins want: name or kind of the component → plugin.",
    )
    folder: Path | None = Field(default=None, description="Folder of one-file plugins, `name.py` each.")
