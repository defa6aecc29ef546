"""Plugins: how other distributions add exchanges, readers, prompt sets, enrichers, notifiers and actors.

A plugin's author needs only :data:`hookimpl`, the marker of a hook implementation; what each hook promises
stands in :mod:`backfin.plugins.hookspecs`.
"""

from __future__ import annotations

import pluggy

#: Name under which pluggy stores the marks of hooks.
PROJECT = "backfin"

#: Marks a function of a plugin as the implementation of the hook of the same name.
hookimpl = pluggy.HookimplMarker(PROJECT)

__all__ = ["PROJECT", "hookimpl"]
