"""``Settings``: every setting in one frozen object."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from backfin.settings.exchanges import ExchangeSettings
from backfin.settings.fields import Names
from backfin.settings.retention import RetentionSettings
from backfin.settings.sections import (
    DocumentSettings,
    EgressSettings,
    LlmSettings,
    NotificationSettings,
    PluginSettings,
    StepSettings,
    TelemetrySettings,
)
from backfin.settings.sources import DEFAULT_HOME, Environment, Fallbacks, SettingsFile, config_file


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _expanded(value: Any) -> Any:
    return Path(value).expanduser() if isinstance(value, str | Path) else value


def _redis_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("redis", "rediss", "unix") and (parts.port is None or parts.port > 0)
    except ValueError:
        is_one = False
    if not is_one:
        raise ValueError(
            "it is no address of a Redis; write redis://host:6379/0, rediss://… or unix:///path/to/socket"
        )
    return url


#: An address of Redis, as its client reads one.
RedisUrl = Annotated[str, AfterValidator(_redis_address)]

LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]


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
        extra="forbid",
        validate_default=False,
        hide_input_in_errors=True,
    )

    home: Annotated[Path, BeforeValidator(_expanded)] = Field(
        default_factory=lambda: Path(DEFAULT_HOME).expanduser(),
        description="Folder of the embedded store, archive and private Redis.",
    )
    redis_url: RedisUrl | None = Field(
        default=None,
        description="The broker; `REDIS_URL` is honoured too. "
        "Without it, the embedded one or `redis://127.0.0.1:6379/0`.",
    )
    database_url: str | None = Field(
        default=None,
        description="SQLAlchemy URL of an SQLite or PostgreSQL store. Without it, an SQLite file in `home`.",
    )
    archive_url: str | None = Field(
        default=None,
        description="Path or fsspec URL of the archive of raw answers and files. Without it, `home`/archive.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="How log lines look: `console` or `json`."
    )
    log_level: LogLevel = Field(
        default="INFO", description="Least level logged: DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )
    enrichers: Names = Field(
        default=(),
        description="Enrichers to ask first, in this order; each is the fallback of the one before. "
        "The others follow, built-in ones first.",
    )

    exchanges: ExchangeSettings = ExchangeSettings()
    llm: LlmSettings = LlmSettings()
    documents: DocumentSettings = DocumentSettings()
    notifications: NotificationSettings = NotificationSettings()
    egress: EgressSettings = EgressSettings()
    steps: StepSettings = StepSettings()
    retention: RetentionSettings = RetentionSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    plugins: PluginSettings = PluginSettings()
    plugin: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="One section per plugin, checked by the plugin itself."
    )

    @property
    def effective_database_url(self) -> str:
        """The store's URL: the one set, else an SQLite file in the home folder."""
        return self.database_url or f"sqlite:///{self.home / 'backfin.db'}"

    @property
    def effective_archive_url(self) -> str:
        """The archive's URL: the one set, else a folder in the home folder."""
        return self.archive_url or str(self.home / "archive")

    @property
    def lists_folder(self) -> Path:
        """The folder of the files that rules name, such as lists of the members of an index."""
        return self.home / "lists"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, settings file, names other tools use."""
        given = init_settings.init_kwargs if isinstance(init_settings, InitSettingsSource) else {}
        file = SettingsFile(settings_cls, cls._file(given.get("home")))
        return (init_settings, Environment(settings_cls), file, Fallbacks(settings_cls))

    @classmethod
    def _file(cls, home: Path | str | None) -> Path | None:
        return config_file(home)
