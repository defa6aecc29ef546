"""Settings: defaults, then ``backfin.toml``, then ``BACKFIN_…`` of the environment, then arguments.

This is the only module that reads the environment. A nested key is written with two underscores:
``BACKFIN_EXCHANGES__BSE__MIN_INTERVAL=2``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

#: Name of the settings file, looked for in the working folder, then in the home folder of backfin.
FILE_NAME = "backfin.toml"


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


#: A list that the environment writes with commas.
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Section(BaseModel):
    """Base of the nested sections: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BseSettings(Section):
    """The BSE feed."""

    enabled: bool = True
    api_url: str = "https://api.bseindia.com/BseIndiaAPI/api"
    files_url: str = "https://www.bseindia.com/xml-data/corpfiling"
    min_interval: float = Field(default=1.0, ge=0, description="Seconds between two requests to one host.")
    poll_interval: float = Field(default=60.0, gt=0, description="Seconds between two polls.")
    cooldown: float = Field(default=900.0, ge=0, description="Seconds to stay away after a block; doubles.")
    timeout: float = Field(default=30.0, gt=0, description="Seconds to wait for an answer.")
    max_attachment_bytes: int = Field(
        default=50 * 1024 * 1024, gt=0, description="Largest attachment, in bytes."
    )
    overlap_days: int = Field(
        default=2, ge=0, description="Days before the watermark that are read again each day."
    )
    catch_up_days: int = Field(
        default=30, ge=0, description="Longest outage that is caught up by itself, in days."
    )
    user_agent: str = "Mozilla/5.0 (compatible; backfin/0.1)"


class ExchangeSettings(BaseModel):
    """One section per exchange. Sections of exchanges that plugins bring are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")

    bse: BseSettings = BseSettings()


class LlmSettings(Section):
    """An OpenAI-compatible service. Without a key the rules enricher works alone."""

    base_url: str | None = None
    api_key: SecretStr | None = None
    model: str | None = None
    timeout: float = Field(default=60.0, gt=0, description="Seconds to wait for a reply.")
    max_input_chars: int = Field(
        default=60_000, gt=0, description="Most characters of a filing sent to the model."
    )
    input_usd_per_million: float = Field(
        default=0.0, ge=0, description="Price of a million input tokens, in USD."
    )
    output_usd_per_million: float = Field(
        default=0.0, ge=0, description="Price of a million output tokens, in USD."
    )


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


class SmtpSettings(Section):
    """The mail server of ``mailto:`` addresses."""

    host: str | None = None
    port: int = 587
    username: str | None = None
    password: SecretStr | None = None
    starttls: bool = True
    sender: str | None = None
    timeout: float = Field(default=30.0, gt=0)


class NotificationSettings(Section):
    """Alerts."""

    max_age: float = Field(
        default=24 * 3600, gt=0, description="Seconds after which news is too old to send."
    )
    webhook_secret: SecretStr | None = None
    webhook_timeout: float = Field(default=15.0, gt=0)
    smtp: SmtpSettings = SmtpSettings()


class EgressSettings(Section):
    """Which private hosts and networks webhooks and downloads may reach."""

    allow: Names = ()


class StepSettings(Section):
    """Deadlines of the pipeline, in seconds."""

    deadline: float = Field(
        default=120.0, gt=0, description="After this long without progress an item is re-sent."
    )
    remote_deadline: float = Field(
        default=900.0, gt=0, description="The same for a step that calls a remote LLM."
    )
    max_tries: int = Field(default=5, ge=1, description="Runs of one step before an item is quarantined.")


class PluginSettings(Section):
    """Which plugins are loaded."""

    enabled: Names | None = None
    disabled: Names = ()
    required: Names = ()
    strict: bool = False
    prefer: dict[str, str] = Field(default_factory=dict)
    folder: Path | None = None


class Settings(BaseSettings):
    """Every setting of backfin, frozen.

    Example:
        >>> Settings(home="somewhere").home
        PosixPath('somewhere')
    """

    model_config = SettingsConfigDict(
        env_prefix="BACKFIN_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        validate_default=False,
    )

    home: Path = Field(default_factory=lambda: Path("~/.backfin").expanduser())
    redis_url: str | None = Field(
        default=None, validation_alias=AliasChoices("redis_url", "BACKFIN_REDIS_URL", "REDIS_URL")
    )
    database_url: str | None = None
    archive_url: str | None = None
    log_format: Literal["console", "json"] = "console"
    log_level: str = "INFO"

    exchanges: ExchangeSettings = ExchangeSettings()
    llm: LlmSettings = LlmSettings()
    documents: DocumentSettings = DocumentSettings()
    notifications: NotificationSettings = NotificationSettings()
    egress: EgressSettings = EgressSettings()
    steps: StepSettings = StepSettings()
    plugins: PluginSettings = PluginSettings()
    plugin: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @property
    def effective_database_url(self) -> str:
        """The store's URL: the one set, else an SQLite file in the home folder."""
        return self.database_url or f"sqlite:///{self.home.expanduser() / 'backfin.db'}"

    @property
    def effective_archive_url(self) -> str:
        """The archive's URL: the one set, else a folder in the home folder."""
        return self.archive_url or str(self.home.expanduser() / "archive")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, settings file."""
        files = [path for path in config_files() if path.is_file()]
        toml = TomlConfigSettingsSource(settings_cls, toml_file=files[:1])
        return (init_settings, env_settings, toml)


def config_files() -> list[Path]:
    """Where a settings file is looked for, first match wins."""
    home = Path(os.environ.get("BACKFIN_HOME", "~/.backfin")).expanduser()
    return [Path(FILE_NAME), home / FILE_NAME]
