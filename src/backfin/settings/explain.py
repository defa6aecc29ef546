"""Effective settings, each with where it came from, secrets masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from backfin.errors import ConfigError
from backfin.settings.layers import Layers
from backfin.settings.model import Settings
from backfin.settings.secrets import MASK, is_secret_key, mask_url
from backfin.settings.sources import Key


@dataclass(frozen=True, slots=True)
class SettingValue:
    """One effective setting.

    Args:
        key: Dotted key, e.g. ``llm.model``.
        value: Effective value, JSON-able, secrets masked.
        source: ``default``, ``backfin.toml (path)``, ``environment NAME`` or ``argument``.
    """

    key: str
    value: Any
    source: str


def explain(settings: Settings, effective: Mapping[str, str] | None = None) -> list[SettingValue]:
    """Lists every setting with its effective value and its source, in the order of the model.

    Environment and settings file are read again: a value they do not account for was an argument.

    Args:
        settings: The settings in force.
        effective: Values that were decided later, by key, e.g. the address of the embedded Redis.
    """
    layers = Layers.read({}, home=settings.home)
    without_arguments, with_home = _ambient(), _ambient(home=settings.home)
    decided = {
        "database_url": settings.effective_database_url,
        "archive_url": settings.effective_archive_url,
        **(effective or {}),
    }
    return [
        SettingValue(
            key=".".join(key),
            value=_shown(key, decided.get(".".join(key), value)),
            source=_source(key, value, layers, without_arguments if key == ("home",) else with_home),
        )
        for key, value in _leaves(settings)
    ]


def _ambient(**arguments: Any) -> Settings | None:
    """What environment and file alone say; ``None`` when they are wrong where an argument had to help."""
    try:
        return Settings(**arguments)
    except (ValidationError, ConfigError):
        return None


def _source(key: Key, value: Any, layers: Layers, ambient: Settings | None) -> str:
    is_accounted_for = ambient is None or _at(ambient, key) == value
    return layers.source(key) if is_accounted_for else "argument"


def _leaves(section: Any, above: Key = ()) -> Iterator[tuple[Key, Any]]:
    for name, value in section.items() if isinstance(section, Mapping) else section:
        key = (*above, name)
        if isinstance(value, BaseModel) or (isinstance(value, Mapping) and value):
            yield from _leaves(value, key)
        else:
            yield key, value


def _at(section: Any, key: Key) -> Any:
    for part in key:
        section = section.get(part) if isinstance(section, Mapping) else getattr(section, part, None)
    return section


def _shown(key: Key, value: Any) -> Any:
    if isinstance(value, SecretStr) or (isinstance(value, str) and is_secret_key(key[-1])):
        return MASK
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, list | tuple):
        return [_shown(key, item) for item in value]
    return mask_url(value) if isinstance(value, str) else value
