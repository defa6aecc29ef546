"""What became of each plugin, for ``backfin plugins`` and the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``on`` works · ``off`` declined to start · ``disabled`` by the user, never imported ·
#: ``failed`` is broken · ``incompatible`` was built for another version of the interface.
State = Literal["on", "off", "disabled", "failed", "incompatible"]


@dataclass(frozen=True, slots=True)
class PluginRecord:
    """One plugin.

    Args:
        name: Its name: that of its entry point.
        version: Version of its distribution, ``""`` where it has none.
        state: Whether it works.
        why: The reason in one sentence, ``""`` when it is on.
        hooks: Names of the hooks it implements.
        components: What it brings, each as ``kind:name``.
        origin: Where it was found: ``built-in``, ``argument``, a distribution or a file.
    """

    name: str
    version: str
    state: State
    why: str = ""
    hooks: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    origin: str = ""
