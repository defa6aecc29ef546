"""Writes a new plugin: a package whose tests are green at once, ready to be changed into the real thing."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from backfin import __version__
from backfin.errors import ConfigError

#: What a new plugin may bring.
PluginKind = Literal["exchange", "notifier", "prompts"]

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")

#: Longest name; with a longer one, lines of the code would be too long.
_MOST_CHARS = 24

_BACKFIN = '"backfin>={major}.{minor}"'
_DEPENDENCIES = {
    "exchange": (_BACKFIN, '"pydantic>=2.12,<3"'),
    "notifier": (_BACKFIN, '"pydantic>=2.12,<3"', '"requests>=2.34,<3"'),
    "prompts": (_BACKFIN,),
}
_DESCRIPTIONS = {
    "exchange": "Announcements of {} for backfin.",
    "notifier": "Posts filings to {} by a webhook, for backfin.",
    "prompts": "A prompt set on {} for backfin.",
}

#: File of the package → template, for what every kind has.
_COMMON = {
    "pyproject.toml": "common/pyproject.toml.j2",
    "README.md": "common/README.md.j2",
    "LICENSE": "common/LICENSE.j2",
}
_CODE = {
    "exchange": ("__init__.py", "exchange.py"),
    "notifier": ("__init__.py",),
    "prompts": ("__init__.py", "prompts.md"),
}


@dataclass(frozen=True, slots=True)
class PluginName:
    """One name in every spelling that a package needs.

    Example:
        >>> name = PluginName.of("backfin-my-desk")
        >>> name.distribution, name.module, name.plugin, name.scheme, name.stem, name.title
        ('backfin-my-desk', 'backfin_my_desk', 'my_desk', 'my-desk', 'MyDesk', 'My Desk')
    """

    words: tuple[str, ...]

    @staticmethod
    def of(text: str) -> PluginName:
        """The name a person gave, with or without ``backfin-`` in front.

        Raises:
            ConfigError: No package can bear it.
        """
        plain = text.strip().removeprefix("backfin-").removeprefix("backfin_")
        if not _NAME.fullmatch(plain) or keyword.iskeyword(plain) or len(plain) > _MOST_CHARS:
            raise ConfigError(
                f"{text!r} is no name for a plugin: write up to {_MOST_CHARS} lower case letters, "
                "digits and '-', e.g. my-desk."
            )
        return PluginName(tuple(re.split("[-_]", plain)))

    @property
    def distribution(self) -> str:
        """Name on a package index."""
        return "-".join(("backfin", *self.words))

    @property
    def module(self) -> str:
        """Name to import."""
        return "_".join(("backfin", *self.words))

    @property
    def plugin(self) -> str:
        """Name of the entry point and of the section in the settings."""
        return "_".join(self.words)

    @property
    def scheme(self) -> str:
        """Scheme of addresses."""
        return "-".join(self.words)

    @property
    def stem(self) -> str:
        """Start of class names."""
        return "".join(word.capitalize() for word in self.words)

    @property
    def title(self) -> str:
        """As a person reads it."""
        return " ".join(word.capitalize() for word in self.words)


def write_plugin(kind: PluginKind, name: PluginName, into: Path, *, year: int) -> Path:
    """Writes the package into a new folder of ``into``, and returns that folder.

    Args:
        kind: What the plugin brings.
        name: Its name.
        into: Where its folder is made.
        year: Of the licence.

    Raises:
        ConfigError: There is such a folder already, or it cannot be written.
    """
    folder = into / name.distribution
    if folder.exists():
        raise ConfigError(f"{folder} is there already; choose another name, or another folder with --into.")
    try:
        for path, content in _files(kind, name, year).items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be written ({error.strerror}); choose another with --into."
        ) from error
    return folder


def _files(kind: PluginKind, name: PluginName, year: int) -> dict[str, str]:
    """Path in the package → content."""
    major, minor = __version__.split(".")[:2]
    values = {
        "kind": kind,
        "name": name,
        "year": year,
        "description": _DESCRIPTIONS[kind].format(name.title),
        "dependencies": ", ".join(_DEPENDENCIES[kind]).format(major=major, minor=minor),
    }
    package = f"src/{name.module}"
    templates = _COMMON | {f"{package}/{file}": f"{kind}/{file}.j2" for file in _CODE[kind]}
    templates[f"tests/test_{name.plugin}.py"] = f"{kind}/test_plugin.py.j2"
    environment = Environment(
        loader=PackageLoader("backfin.scaffold"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    files = {path: environment.get_template(name).render(values) for path, name in templates.items()}
    return {**files, f"{package}/py.typed": ""}
