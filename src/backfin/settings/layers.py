"""Which source a value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backfin.settings.model import Settings
from backfin.settings.sources import Environment, Fallbacks, Key, config_file, read_file, variable_behind


@dataclass(frozen=True, slots=True)
class Layers:
    """What each source says, before anything is validated; the first that knows a key decides it.

    Args:
        arguments: Values given by the program.
        environment: ``BACKFIN_…`` variables.
        file: The settings file's values.
        path: The settings file.
        fallbacks: Names of other tools.
    """

    arguments: Mapping[str, Any]
    environment: Mapping[str, Any]
    file: Mapping[str, Any]
    path: Path | None
    fallbacks: Mapping[str, Any]

    @classmethod
    def read(cls, arguments: Mapping[str, Any], *, home: Path | None = None, file: bool = True) -> Layers:
        """Reads every source.

        Args:
            arguments: Values given by the program.
            home: Home folder of backfin, where it is known.
            file: Whether the settings file is read.
        """
        path = config_file(home or arguments.get("home")) if file else None
        return cls(
            arguments=arguments,
            environment=Environment(Settings)(),
            file=read_file(path) if path else {},
            path=path,
            fallbacks=Fallbacks(Settings)(),
        )

    def source(self, key: Key) -> str:
        """Where a key's value came from: ``argument``, ``environment NAME``, the file, or ``default``."""
        if _has(self.arguments, key):
            return "argument"
        if _has(self.environment, key):
            return f"environment {variable_behind(key)}"
        if _has(self.file, key):
            return f"backfin.toml ({self.path})"
        return f"environment {variable_behind(key)}" if _has(self.fallbacks, key) else "default"


def _has(values: Any, key: Key) -> bool:
    for part in key:
        if not isinstance(values, Mapping):
            # A section given as something else than a table decides everything below it.
            return True
        if part not in values:
            return False
        values = values[part]
    return True
