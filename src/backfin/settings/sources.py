"""Where values come from besides arguments: the environment, the settings file, names other tools use."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, InitSettingsSource

from backfin.errors import ConfigError

#: Name of the settings file, looked for in the working folder, then in the home folder of backfin.
FILE_NAME = "backfin.toml"

#: Start of the environment names that belong to backfin.
PREFIX = "BACKFIN_"

#: Where everything is kept unless the user says otherwise.
DEFAULT_HOME = "~/.backfin"

#: The short way to write ``plugins.enabled``, and the one variable that means something when it is empty.
_PLUGINS = f"{PREFIX}PLUGINS"

#: Names of other tools that are used where nothing else sets the key.
_FALLBACKS = {
    "OPENAI_API_KEY": ("llm", "api_key"),
    "OPENAI_BASE_URL": ("llm", "base_url"),
    "REDIS_URL": ("redis_url",),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("telemetry", "otlp_endpoint"),
}

#: A dotted key in parts, e.g. ``("llm", "model")``.
Key = tuple[str, ...]


class Environment(EnvSettingsSource):
    """``BACKFIN_…`` variables. An empty one counts as unset, except ``BACKFIN_PLUGINS``."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)
        self.env_vars = {name: value for name, value in self.env_vars.items() if value}
        enabled = self.env_vars.pop(_PLUGINS.lower(), os.environ.get(_PLUGINS))
        if enabled is not None:
            self.env_vars[f"{_PLUGINS}__ENABLED".lower()] = enabled

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Reads a section written as JSON; what is no JSON is left for validation to refuse by name."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


class SettingsFile(InitSettingsSource):
    """The settings file."""

    def __init__(self, settings_cls: type[BaseSettings], path: Path | None) -> None:
        super().__init__(settings_cls, read_file(path) if path else {})


class Fallbacks(InitSettingsSource):
    """Names that other tools use."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        values: dict[str, Any] = {}
        for name, path in _FALLBACKS.items():
            if os.environ.get(name):
                _put(values, path, os.environ[name])
        super().__init__(settings_cls, values)


def config_files(home: Path | str | None = None) -> list[Path]:
    """Where a settings file is looked for, first match wins.

    Args:
        home: Home folder of backfin; by default the one the environment names.
    """
    folder = home or os.environ.get(f"{PREFIX}HOME") or DEFAULT_HOME
    return [Path(FILE_NAME), Path(folder).expanduser() / FILE_NAME]


def config_file(home: Path | str | None = None) -> Path | None:
    """The settings file in force, ``None`` when there is none."""
    return next((path for path in config_files(home) if path.is_file()), None)


def read_file(path: Path) -> dict[str, Any]:
    """Reads a settings file.

    Raises:
        ConfigError: It cannot be read, with the line where it stops making sense.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.", path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", path=path) from error


def environment_names() -> list[str]:
    """Names of all variables that claim to be settings of backfin."""
    return sorted(name for name in os.environ if name.upper().startswith(PREFIX))


def variable_of(path: Key) -> str:
    """The variable that sets a key, whether it is set or not.

    >>> variable_of(("llm", "api_key"))
    'BACKFIN_LLM__API_KEY'
    """
    return PREFIX + "__".join(path).upper()


def variable_behind(path: Key) -> str:
    """The variable that is set and decides a key: its own, one of a section above it, or another tool's."""
    if path == ("plugins", "enabled") and _PLUGINS in os.environ:
        return _PLUGINS
    given = {name.upper(): name for name in environment_names()}
    for length in range(len(path), 0, -1):
        if variable_of(path[:length]) in given:
            return given[variable_of(path[:length])]
    return next((name for name, target in _FALLBACKS.items() if target == path), variable_of(path))


def _put(values: dict[str, Any], path: Key, value: Any) -> None:
    for key in path[:-1]:
        values = values.setdefault(key, {})
    values[path[-1]] = value
