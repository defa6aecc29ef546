"""Settings: defaults, then ``backfin.toml``, then ``BACKFIN_…`` of the environment, then arguments.

This is the only place that reads the environment. A nested key is written with two underscores:
``BACKFIN_EXCHANGES__BSE__MIN_INTERVAL=2``. ``OPENAI_API_KEY``, ``OPENAI_BASE_URL``, ``REDIS_URL`` and
``OTEL_EXPORTER_OTLP_ENDPOINT`` are used where nothing else says otherwise. ``docs/settings.md`` lists every key.
"""

from __future__ import annotations

from backfin.settings.exchanges import BseSettings, ExchangeSettings, FeedSettings, Politeness
from backfin.settings.explain import SettingValue, explain
from backfin.settings.fields import COMMA_SEPARATED, Section, WebUrl
from backfin.settings.load import load_settings
from backfin.settings.model import Settings
from backfin.settings.secrets import MASK, mask_url, remember, scrub, secrets_of
from backfin.settings.sections import (
    DocumentSettings,
    EgressSettings,
    LlmSettings,
    NotificationSettings,
    PluginSettings,
    SmtpSettings,
    StepSettings,
    TelemetrySettings,
)
from backfin.settings.sources import FILE_NAME, config_files

__all__ = [
    "COMMA_SEPARATED",
    "FILE_NAME",
    "MASK",
    "BseSettings",
    "DocumentSettings",
    "EgressSettings",
    "ExchangeSettings",
    "FeedSettings",
    "LlmSettings",
    "NotificationSettings",
    "PluginSettings",
    "Politeness",
    "Section",
    "SettingValue",
    "Settings",
    "SmtpSettings",
    "StepSettings",
    "TelemetrySettings",
    "WebUrl",
    "config_files",
    "explain",
    "load_settings",
    "mask_url",
    "remember",
    "scrub",
    "secrets_of",
]
