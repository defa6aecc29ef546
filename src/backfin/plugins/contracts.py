"""Checks that what a plugin offers is what it says, before anything uses it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import ConfigDict, TypeAdapter, ValidationError

from backfin.errors import PluginLoadError
from backfin.interfaces import DocumentReader, Enricher, Exchange, Notifier, PromptSet
from backfin.specs import ActorSpec, RetryPolicy

#: Longest time between two polls of an exchange, in seconds.
_LONGEST_POLL_S = 86_400.0

#: Longest run of an actor, in seconds.
_LONGEST_RUN_S = 86_400.0

_QUEUE = re.compile(r"[a-zA-Z_][a-zA-Z0-9._-]*")
_NAME = re.compile(r"[a-z][a-z0-9_.+-]{0,63}")

#: Ends of the names that the broker gives to queues of delayed and of dead messages.
_TAKEN = (".DQ", ".XQ")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of component.

    Args:
        name: What it is called in messages and in ``plugins.prefer``, e.g. ``exchange``.
        hook: The hook that offers it.
        protocol: What every component of the kind must have.
        names_of: The names a component takes; no two plugins share one.
    """

    name: str
    hook: str
    protocol: type
    names_of: Callable[[Any], tuple[str, ...]]


def _own_name(component: Any) -> tuple[str, ...]:
    return (component.name,)


def _schemes(component: Any) -> tuple[str, ...]:
    return tuple(component.schemes)


#: Every kind, in the order in which a plugin is asked for it.
KINDS = (
    Kind("exchange", "backfin_exchanges", Exchange, _own_name),
    Kind("reader", "backfin_document_readers", DocumentReader, _own_name),
    Kind("prompt_set", "backfin_prompt_sets", PromptSet, _own_name),
    Kind("enricher", "backfin_enrichers", Enricher, _own_name),
    Kind("notifier", "backfin_notifiers", Notifier, _schemes),
    Kind("actor", "backfin_actors", ActorSpec, _own_name),
)


def check(kind: Kind, component: object) -> tuple[str, ...]:
    """Returns the names a component takes, after holding it against its kind.

    Raises:
        PluginLoadError: With everything that is missing or of the wrong type.
    """
    faults = _actor_faults(component) if kind.protocol is ActorSpec else _faults(kind, component)
    if faults:
        raise PluginLoadError(f"{kind.hook} returned a {kind.name} that cannot work: {'; '.join(faults)}")
    names = kind.names_of(component)
    odd = [name for name in names if not _NAME.fullmatch(name)]
    if odd or not names:
        raise PluginLoadError(
            f"{kind.hook} returned a {kind.name} named {', '.join(f'{name!r:.70}' for name in odd[:3]) or 'nothing'}; "
            "a name has up to 64 characters, starts with a letter and is lower case without spaces"
        )
    return names


def _faults(kind: Kind, component: object) -> list[str]:
    faults = [
        fault
        for attribute, adapter in _attributes(kind.protocol).items()
        if (fault := _attribute_fault(component, attribute, adapter))
    ]
    for method, arguments in _methods(kind.protocol).items():
        fault = _method_fault(component, method, arguments)
        if fault:
            faults.append(fault)
    return faults or _exchange_faults(kind, component)


def _exchange_faults(kind: Kind, component: Any) -> list[str]:
    """What would stop the clock of everybody: every minute all exchanges are asked how often they are polled."""
    if kind.protocol is not Exchange:
        return []
    faults = []
    if not 0 < component.poll_interval_s <= _LONGEST_POLL_S:
        faults.append(f"its poll_interval_s is {component.poll_interval_s}; it must lie between 0 and a day")
    if component.zone.key is None:
        faults.append("its zone has no name; make it with ZoneInfo('Area/City')")
    return faults


def _attribute_fault(component: object, attribute: str, adapter: TypeAdapter[Any]) -> str | None:
    if not hasattr(component, attribute):
        return f"it has no attribute {attribute!r}"
    try:
        adapter.validate_python(getattr(component, attribute), strict=True)
    except ValidationError as error:
        return f"its attribute {attribute!r} is wrong ({error.errors(include_input=False)[0]['msg']})"
    return None


def _method_fault(component: object, method: str, arguments: tuple[str, ...]) -> str | None:
    function = getattr(component, method, None)
    signature = f"{method}({', '.join(arguments)})"
    if not callable(function):
        return f"it has no method {signature}"
    if not _takes(function, *arguments):
        return f"its method {method} cannot be called as {signature}"
    return None


def _takes(function: Callable[..., Any], *arguments: str, has_options: bool = False) -> bool:
    """Whether a function may be called with these arguments, and options perhaps; what tells none is trusted."""
    try:
        signature = inspect.signature(function)
    except ValueError:
        return True
    try:
        (signature.bind_partial if has_options else signature.bind)(*arguments)
    except TypeError:
        return False
    return True


@cache
def _attributes(protocol: type) -> dict[str, TypeAdapter[Any]]:
    adapters = {}
    for attribute, hint in get_type_hints(protocol).items():
        arbitrary = ConfigDict(arbitrary_types_allowed=True) if hint is ZoneInfo else None
        adapters[attribute] = TypeAdapter(hint, config=arbitrary)
    return adapters


@cache
def _actor_fields() -> dict[str, TypeAdapter[Any]]:
    hints = get_type_hints(ActorSpec)
    names = [field.name for field in fields(ActorSpec) if field.name not in ("step", "retry")]
    return {name: TypeAdapter(hints[name]) for name in names}


@cache
def _methods(protocol: type) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(inspect.signature(function).parameters)[1:]
        for name, function in vars(protocol).items()
        if inspect.isfunction(function) and not name.startswith("_")
    }


def _actor_faults(component: object) -> list[str]:
    if not isinstance(component, ActorSpec):
        return [f"it is a {type(component).__name__}, not an ActorSpec"]
    faults = [
        fault
        for attribute, adapter in _actor_fields().items()
        if (fault := _attribute_fault(component, attribute, adapter))
    ]
    if not isinstance(component.retry, RetryPolicy):
        faults.append(f"its retry is a {type(component.retry).__name__}, not a RetryPolicy")
    if not callable(component.step):
        faults.append("its step is not callable")
    elif not _takes(component.step, "ctx", "key", has_options=component.cron is None):
        faults.append("its step cannot be called as step(ctx, key)")
    return faults or _declaration_faults(component) or _schedule_faults(component)


def _declaration_faults(spec: ActorSpec) -> list[str]:
    """What a broker would refuse later, when it stops everybody."""
    faults = []
    if spec.name.startswith("backfin."):
        faults.append(f"its name {spec.name!r} starts with 'backfin.', as only built-in actors may")
    if not _QUEUE.fullmatch(spec.queue) or spec.queue.endswith(_TAKEN):
        faults.append(f"its queue {spec.queue!r} is no queue name; use letters, digits, '.', '_' and '-'")
    if not 0 < spec.time_limit_s <= _LONGEST_RUN_S:
        faults.append(f"its time_limit_s is {spec.time_limit_s}; it must lie between 0 and a day")
    return faults


def _schedule_faults(spec: ActorSpec) -> list[str]:
    if spec.cron is None:
        return []
    try:
        zone = ZoneInfo(spec.zone)
    except (KeyError, ValueError, OSError):
        return [f"its zone {spec.zone!r} is no time zone"]
    try:
        CronSim(spec.cron, datetime.now(UTC).astimezone(zone))
    except CronSimError as error:
        return [f"its cron {spec.cron!r} is wrong ({error})"]
    return []
