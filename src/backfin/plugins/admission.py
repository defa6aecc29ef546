"""Admits one plugin, or leaves no trace of it.

::

    import → version → register → hooks known? → config → offer hooks → check → (commit, by the host)

Each plugin has a pluggy manager of its own, so nothing one of them does to the calling of hooks, wrappers
included, reaches another.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import ModuleType
from typing import Any, cast

import pluggy
from pydantic import BaseModel

from backfin.errors import PluginError, PluginLoadError
from backfin.plugins import PROJECT, hookspecs
from backfin.plugins.contracts import KINDS, Kind, check
from backfin.plugins.finding import BUILT_IN_ORIGIN, Candidate
from backfin.plugins.registry import Offer
from backfin.plugins.services import Services
from backfin.settings import remember, secrets_of
from backfin.specs import API_VERSION
from backfin.suggest import nearest

#: Most components one hook of one plugin may return; more is taken for a mistake.
MAX_COMPONENTS = 1000


#: Names of all hooks.
HOOKS = tuple(name for name in vars(hookspecs) if name.startswith("backfin_"))


class _Specs:
    """The hooks without what else their module holds, which pluggy would look at anew for every plugin."""

    def __init__(self) -> None:
        vars(self).update({name: getattr(hookspecs, name) for name in HOOKS})

    def __dir__(self) -> tuple[str, ...]:
        return HOOKS


_SPECS = _Specs()


class IncompatiblePlugin(PluginError):
    """The plugin was built for another version of the plugin interface."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A plugin that passed every check.

    Args:
        name: Its name.
        manager: The manager that knows this plugin alone.
        hooks: Names of the hooks it implements, in alphabetical order.
        offers: Its components.
    """

    name: str
    manager: pluggy.PluginManager
    hooks: tuple[str, ...]
    offers: tuple[Offer, ...]


def admit(candidate: Candidate, section: Mapping[str, Any] | None, services: Services) -> Admitted:
    """Imports a plugin and checks everything it brings.

    Args:
        candidate: The plugin.
        section: Its ``[plugin.<name>]`` section, ``None`` when there is none.
        services: What its components may use.

    Raises:
        IncompatiblePlugin: It was built for another version of the interface.
        NotConfigured: It declines to start.
        Exception: Whatever else it does wrong.
    """
    try:
        return _admitted(candidate, section, services)
    except (Exception, KeyboardInterrupt):
        raise
    except SystemExit as error:
        raise PluginLoadError(f"loading it ends the program (exit {error.code})") from error
    except BaseException as error:
        raise PluginLoadError(f"loading it raises {type(error).__name__}") from error


def _admitted(candidate: Candidate, section: Mapping[str, Any] | None, services: Services) -> Admitted:
    plugin = candidate.load()
    if inspect.isclass(plugin):
        plugin = plugin()
    _check_version(plugin)
    manager = _registered(candidate.name, plugin)
    hooks = tuple(sorted(hook.name for hook in manager.get_hookcallers(plugin) or ()))
    config = _config(manager, candidate.name, section)
    offers = tuple(_offers(manager, candidate, config, services))
    return Admitted(candidate.name, manager, hooks, offers)


def _check_version(plugin: Any) -> None:
    stated = getattr(plugin, "backfin_api", None)
    if stated is None:
        return
    try:
        major, minor = (int(part) for part in f"{stated}.0".split(".")[:2])
    except ValueError:
        raise PluginLoadError(
            f"its backfin_api is {stated!r}; write a version like {API_VERSION!r}"
        ) from None
    ours = tuple(int(part) for part in API_VERSION.split("."))
    if major != ours[0] or (major, minor) > ours:
        raise IncompatiblePlugin(
            f"it is built for version {stated} of the plugin interface and this is {API_VERSION}: "
            "install a release of the plugin that fits"
        )


def _registered(name: str, plugin: Any) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(cast(ModuleType, _SPECS))
    _refuse_unmarked(plugin)
    manager.register(plugin, name)
    callers = manager.get_hookcallers(plugin)
    if not callers:
        raise PluginLoadError("it implements no hook: mark its functions with @hookimpl")
    for caller in callers:
        if not caller.has_spec():
            raise PluginLoadError(f"it implements the unknown hook {caller.name!r}{_suggestion(caller.name)}")
    return manager


def _refuse_unmarked(plugin: Any) -> None:
    for name in HOOKS:
        function = getattr(plugin, name, None)
        if callable(function) and not hasattr(function, f"{PROJECT}_impl"):
            raise PluginLoadError(f"its {name} is not marked with @hookimpl, so it would never be called")


def _suggestion(name: str) -> str:
    near = nearest(name, HOOKS)
    return f"; did you mean {near!r}?" if near else f"; there are {', '.join(HOOKS)}"


def _config(manager: pluggy.PluginManager, name: str, section: Mapping[str, Any] | None) -> BaseModel | None:
    models = [model for model in manager.hook.backfin_config_model() if model is not None]
    if not models:
        if section:
            raise PluginLoadError(f"it takes no settings; remove the section [plugin.{name}]")
        return None
    model = models[0]
    if not (inspect.isclass(model) and issubclass(model, BaseModel)):
        raise PluginLoadError(f"backfin_config_model returned {type(model).__name__}, not a pydantic model")
    config = model.model_validate(dict(section or {}), extra="forbid")
    remember(secrets_of(config))
    return config


def _offers(
    manager: pluggy.PluginManager, candidate: Candidate, config: BaseModel | None, services: Services
) -> Iterable[Offer]:
    is_built_in = candidate.origin == BUILT_IN_ORIGIN
    seen: set[tuple[str, str]] = set()
    for kind in KINDS:
        for component in _components(manager, kind, config, services):
            for name in check(kind, component):
                if (kind.name, name) in seen:
                    raise PluginLoadError(f"{kind.hook} returned two of the name {name!r}")
                seen.add((kind.name, name))
                yield Offer(kind.name, name, component, candidate.name, is_built_in)


def _components(
    manager: pluggy.PluginManager, kind: Kind, config: BaseModel | None, services: Services
) -> list[Any]:
    caller = getattr(manager.hook, kind.hook)
    results = caller(config=config, services=services)
    if caller.get_hookimpls() and not results:
        raise PluginLoadError(f"{kind.hook} returned None; return a list, an empty one for no components")
    components: list[Any] = []
    for result in results:
        if isinstance(result, str) or not isinstance(result, Iterable):
            raise PluginLoadError(f"{kind.hook} returned {type(result).__name__}, not a list of components")
        components.extend(islice(result, MAX_COMPONENTS + 1))
    if len(components) > MAX_COMPONENTS:
        raise PluginLoadError(f"{kind.hook} returned more than {MAX_COMPONENTS} components")
    return components
