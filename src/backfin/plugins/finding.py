"""Where plugins come from: the application, an argument, installed distributions, a folder of files."""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from backfin import __version__
from backfin.errors import PluginLoadError

#: Entry-point group of installed plugins.
GROUP = "backfin"


log = logging.getLogger("backfin")

#: Origin of the plugins that backfin itself is made of.
BUILT_IN_ORIGIN = "built-in"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that was found and not imported yet.

    Args:
        name: Its name.
        version: Version of its distribution, ``""`` where it has none.
        origin: Where it was found.
        load: Imports it and returns the object that carries its hooks.
        is_third_party: Whether it was found rather than handed over by the program itself.
    """

    name: str
    version: str
    origin: str
    load: Callable[[], Any]
    is_third_party: bool


def given(plugins: Sequence[object], origin: str) -> Iterator[Candidate]:
    """Plugins handed over as objects, each alone or as ``(name, object)``."""
    for plugin in plugins:
        name, value = plugin if isinstance(plugin, tuple) else (_name_of(plugin), plugin)
        version = __version__ if origin == BUILT_IN_ORIGIN else str(getattr(value, "__version__", ""))
        yield Candidate(name, version, origin, partial(_itself, value), is_third_party=False)


def installed() -> Iterator[Candidate]:
    """Plugins of installed distributions, by name."""
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        yield _installed(entry)


def in_folder(folder: Path) -> Iterator[Candidate]:
    """One-file plugins: every ``name.py`` of a folder, by name; names that start with ``_`` are left out."""
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith("_"):
            yield Candidate(path.stem, "", str(path), partial(_load_file, path), is_third_party=True)


def _name_of(plugin: object) -> str:
    name = getattr(plugin, "name", None) or getattr(plugin, "__name__", None) or type(plugin).__name__
    return str(name).rpartition(".")[2].lower()


def _itself(value: Any) -> Any:
    return value


def _installed(entry: EntryPoint) -> Candidate:
    version, origin = "", entry.value
    try:
        if entry.dist is not None:
            metadata = entry.dist.metadata
            version = str(metadata["Version"] or "")
            origin = f"{metadata['Name'] or 'unknown'} ({entry.value})"
    except Exception as error:
        # It is then named by its entry point alone.
        log.debug("the metadata of %s cannot be read: %s", entry.name, error)
    return Candidate(entry.name, version, origin, partial(_load_entry, entry), is_third_party=True)


def _load_entry(entry: EntryPoint) -> Any:
    if not EntryPoint.pattern.match(entry.value):
        raise PluginLoadError(f'its entry point is {entry.value!r}; write {entry.name} = "package.module"')
    return entry.load()


def _load_file(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"backfin_folder_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise PluginLoadError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses and pydantic look up what annotations name
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(spec.name, None)
        raise
    return module
