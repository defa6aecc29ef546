"""Loads settings and, when they are wrong, says everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backfin.errors import ConfigError
from backfin.settings.keys import all_keys, children, field_at, is_known, is_secret
from backfin.settings.layers import Layers
from backfin.settings.model import Settings
from backfin.settings.secrets import mask_url
from backfin.settings.sources import PREFIX, Key, environment_names, variable_of
from backfin.suggest import nearest

#: Longest value quoted back to the user, in characters.
_QUOTED_CHARS = 60


class _WithoutFile(Settings):
    """The same settings when the file cannot be read: its other problems still show."""

    @classmethod
    def _file(cls, home: Path | str | None) -> Path | None:
        return None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing the user must correct.

    Args:
        key: Dotted key, or the name of a variable.
        source: Where the value came from.
        wrong: What is wrong.
        right: What would be right.
    """

    key: str
    source: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"{self.key} ({self.source}): {self.wrong}; {self.right}"


def load_settings(**overrides: Any) -> Settings:
    """Loads settings from arguments, environment, settings file and defaults.

    Args:
        **overrides: Values that win over every other source.

    Raises:
        ConfigError: Something is wrong. The sentence lists every problem: the key, where the value came
            from, what is wrong and what would be right; ``problems`` has them one by one.
    """
    broken_file: list[str] = []
    settings: Settings | None = None
    faults: list[ErrorDetails] = []
    try:
        settings, faults = _validated(Settings, overrides)
    except ConfigError as error:
        broken_file.append(error.sentence.rstrip("."))
        settings, faults = _validated(_WithoutFile, overrides)
    layers = Layers.read(overrides, file=not broken_file)
    problems = [*_unknown_variables(), *_problems(faults, layers)]
    if settings is not None and not problems and not broken_file:
        return settings
    lines = [*broken_file, *map(str, problems)]
    count = "One setting needs" if len(lines) == 1 else f"{len(lines)} settings need"
    raise ConfigError(
        f"{count} correcting:" + "".join(f"\n  - {line}." for line in lines), problems=tuple(problems)
    )


def _validated(
    model: type[Settings], overrides: dict[str, Any]
) -> tuple[Settings | None, list[ErrorDetails]]:
    try:
        return model(**overrides), []
    except ValidationError as error:
        return None, error.errors(include_url=False, include_context=False)


def _unknown_variables() -> Iterator[Problem]:
    known = [*map(variable_of, all_keys(Settings))]
    for name in environment_names():
        key = tuple(name[len(PREFIX) :].lower().split("__"))
        if not is_known(Settings, key):
            near = nearest(name.upper(), known)
            right = f"did you mean {near}?" if near else "unset it, or see docs/settings.md for the names"
            yield Problem(name, "environment", "no setting has this name", right.rstrip("?"))


def _problems(faults: list[ErrorDetails], layers: Layers) -> Iterator[Problem]:
    seen: set[Key] = set()
    for fault in faults:
        key = _key_of(fault)
        source = layers.source(key)
        # Unknown names of the environment are reported by name already.
        is_reported = fault["type"] == "extra_forbidden" and source.startswith("environment")
        if key in seen or is_reported:
            continue
        seen.add(key)
        yield (
            _unknown_key(key, source)
            if fault["type"] == "extra_forbidden"
            else _bad_value(key, source, fault)
        )


def _key_of(fault: ErrorDetails) -> Key:
    """The key of a fault, without the names of union members and validators pydantic appends."""
    location = tuple(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return location
    length = len(location)
    while length > 1 and not is_known(Settings, location[:length]):
        length -= 1
    return location[:length]


def _unknown_key(key: Key, source: str) -> Problem:
    siblings = children(Settings, key[:-1])
    near = nearest(key[-1], siblings)
    right = f"did you mean {'.'.join((*key[:-1], near))}" if near else f"there are {', '.join(siblings)}"
    return Problem(".".join(key), source, "no setting has this name", right)


def _bad_value(key: Key, source: str, fault: ErrorDetails) -> Problem:
    said = fault["msg"].removeprefix("Value error, ")
    message = said[:1].lower() + said[1:]
    value = fault["input"]
    is_shown = isinstance(value, str | int | float) and not is_secret(Settings, key)
    quoted = f"{mask_url(repr(value))[:_QUOTED_CHARS]} will not do: " if is_shown else ""
    field = field_at(Settings, key)
    default = field.get_default(call_default_factory=True) if field else None
    right = (
        "take it out" if default is None or isinstance(default, BaseModel) else f"the default is {default!r}"
    )
    meaning = f" ({field.description.rstrip('.')})" if field and field.description else ""
    return Problem(".".join(key), source, f"{quoted}{message}", f"{right}{meaning}")
