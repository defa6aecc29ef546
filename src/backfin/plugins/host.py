"""Loads plugins, keeps them apart, and says what became of each.

::

    built-in ─┐
    argument ─┤                ┌─ passes ──→ registry, state "on"
    installed ┼→ blocked? ─→ admit
    folder ───┘     │          └─ raises ──→ nothing kept, state "off", "failed" or "incompatible"
                    └─ never imported, state "disabled"

Nothing is shared between two hosts: an application has its own, and a test may have many.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pluggy
from pydantic import ValidationError

from backfin.errors import BackfinError, ConfigError, NotConfigured, PluginConflict, PluginLoadError
from backfin.models.events import Event
from backfin.plugins.admission import Admitted, IncompatiblePlugin, admit
from backfin.plugins.finding import BUILT_IN_ORIGIN, Candidate, given, in_folder, installed
from backfin.plugins.loading import on_probation
from backfin.plugins.record import PluginRecord, State
from backfin.plugins.registry import Registry
from backfin.plugins.services import Services
from backfin.settings import Settings, remember, scrub, secrets_of
from backfin.suggest import nearest

_log = logging.getLogger(__name__)

#: Longest reason kept of a failure, in characters.
_WHY_CHARS = 500

#: As much of what an error says is looked through for secrets; it is far more than is kept.
_SAID_CHARS = 20_000


#: Runs a call under a name, and raises where it takes too long.
WithinTime = Callable[[str, Callable[[], object]], object]


class PluginHost:
    """The plugins of one application. Making one imports nothing.

    Args:
        settings: Says which plugins are wanted, and configures them.
        services: What components may use.
        within_time: Runs what it is given under a name, and raises where that takes too long.

    Attributes:
        registry: Components of the plugins that are on.
        observer_failures: How often each plugin's observer raised, by plugin.
    """

    def __init__(
        self, settings: Settings, services: Services, within_time: WithinTime = lambda name, work: work()
    ) -> None:
        self._settings = settings
        self._services = services
        self._within_time = within_time
        self._sections = {_spelt(name): section for name, section in settings.plugin.items()}
        remember(secrets_of(settings))
        self._records: list[PluginRecord] = []
        self._observers: dict[str, pluggy.PluginManager] = {}
        self.registry = Registry()
        self.observer_failures: dict[str, int] = {}

    @property
    def records(self) -> tuple[PluginRecord, ...]:
        """What became of every plugin, in the order in which they were found."""
        return tuple(self._shown(record) for record in self._records)

    def find(self, name: str) -> PluginRecord | None:
        """What became of the plugin of that name; of several, the one that was found first."""
        return next((self._shown(record) for record in self._records if record.name == name), None)

    def load(self, builtins: Sequence[object], extra: Sequence[object] = ()) -> None:
        """Finds and admits plugins: built-in ones, then given ones, installed ones, those of the folder.

        Args:
            builtins: The application's own plugins, each an object or ``(name, object)``.
            extra: Plugins given by the program that embeds backfin, in the same form.

        Raises:
            ConfigError: A plugin that ``plugins.required`` names is not on.
            PluginLoadError: ``plugins.strict`` is set and a plugin failed or does not fit.
        """
        self._records, self._observers, self.observer_failures = [], {}, {}
        self.registry = Registry(self._settings.plugins.prefer, self._settings.enrichers)
        for candidate in self._candidates(builtins, extra):
            self._consider(candidate)
        self._record_unknown()
        self._demand()

    def emit(self, event: Event) -> None:
        """Tells every observer of an event, each within its time; what one raises is logged and counted."""
        for name, manager in self._observers.items():
            hear = partial(manager.hook.backfin_on_event, event=event)
            try:
                self._within_time(f"observer {name}", hear)
            except (Exception, SystemExit) as error:
                count = self.observer_failures[name] = self.observer_failures.get(name, 0) + 1
                # One line for each event of a busy day would bury everything else: 1, 10, 100, …
                level = logging.WARNING if str(count).rstrip("0") == "1" else logging.DEBUG
                kind, why = type(event).__name__, self._describe(error)
                _log.log(level, "plugin %s failed to hear of %s, %d times so far: %s", name, kind, count, why)

    def _candidates(self, builtins: Sequence[object], extra: Sequence[object]) -> Iterator[Candidate]:
        yield from given(builtins, BUILT_IN_ORIGIN)
        yield from given(extra, "argument")
        yield from installed()
        if self._settings.plugins.folder is not None:
            yield from in_folder(self._settings.plugins.folder.expanduser())

    def _consider(self, candidate: Candidate) -> None:
        reason = self._refusal(candidate)
        if reason:
            self._record(candidate, "disabled", reason)
            return
        try:
            self._refuse_name(candidate)
            admitted = self._admitted(candidate)
            self.registry.admit(admitted.offers)
        except NotConfigured as error:
            self._record(candidate, "off", self._describe(error))
        except IncompatiblePlugin as error:
            self._record(candidate, "incompatible", self._describe(error))
        except Exception as error:
            self._record(candidate, "failed", self._describe(error))
        else:
            self._record(candidate, "on", "", admitted.hooks)
            if "backfin_on_event" in admitted.hooks:
                self._observers[admitted.name] = admitted.manager

    def _admitted(self, candidate: Candidate) -> Admitted:
        section = self._sections.get(_spelt(candidate.name))
        if candidate.origin == BUILT_IN_ORIGIN:
            return admit(candidate, section, self._services)
        with on_probation(candidate.name):
            return admit(candidate, section, self._services)

    def _refusal(self, candidate: Candidate) -> str | None:
        wanted = self._settings.plugins
        if candidate.name in wanted.disabled:
            return "plugins.disabled names it"
        if candidate.is_third_party and wanted.enabled is not None and candidate.name not in wanted.enabled:
            return "plugins.enabled does not name it"
        return None

    def _refuse_name(self, candidate: Candidate) -> None:
        if not candidate.name.strip():
            raise PluginLoadError(f"{candidate.origin} brings a plugin without a name; name its entry point")
        holder = self.find(candidate.name)
        if holder is not None:
            raise PluginConflict(
                f"two plugins are named {candidate.name!r}: {holder.origin} and {candidate.origin}; "
                "uninstall one"
            )

    def _shown(self, record: PluginRecord) -> PluginRecord:
        """With what it brings now: a later plugin may have been preferred for a part of it."""
        if record.state != "on":
            return record
        return replace(record, components=tuple(map(str, self.registry.owned_by(record.name))))

    def _record(self, candidate: Candidate, state: State, why: str, hooks: tuple[str, ...] = ()) -> None:
        record = PluginRecord(
            candidate.name, candidate.version, state, why, hooks=hooks, origin=candidate.origin
        )
        self._records.append(record)
        if state in ("failed", "incompatible"):
            _log.warning("plugin %s (%s) is %s: %s", record.name, record.origin, state, why)

    def _record_unknown(self) -> None:
        """Says so when the settings speak of plugins that are nowhere to be found."""
        folder = self._settings.plugins.folder
        if folder is not None and not folder.expanduser().is_dir():
            why = f"plugins.folder is {folder}, and there is no such folder; make it, or correct the setting"
            self._records.append(PluginRecord("plugins.folder", "", "failed", why, origin="settings"))
            _log.warning("%s", why)
        for name in self._settings.plugins.enabled or ():
            if self.find(name) is None:
                why = f"plugins.enabled names it and it is not installed{self._suggestion(name)}"
                self._records.append(PluginRecord(name, "", "failed", why, origin="settings"))
        names = {_spelt(record.name) for record in self._records}
        for name in self._settings.plugin:
            if _spelt(name) not in names:
                why = f"there is a section [plugin.{name}] and no such plugin{self._suggestion(name)}"
                self._records.append(PluginRecord(name, "", "off", why, origin="settings"))
                _log.warning("%s", why)

    def _suggestion(self, name: str) -> str:
        near = nearest(name, [record.name for record in self._records])
        return f"; did you mean {near!r}?" if near else ""

    def _demand(self) -> None:
        for name in self._settings.plugins.required:
            record = self.find(name)
            if record is None or record.state != "on":
                reason = f"{record.state}: {record.why}" if record else "not installed"
                raise ConfigError(
                    f"plugin {name!r} is required and {reason}. Install or repair it, "
                    "or take it out of plugins.required."
                )
        broken = [record for record in self._records if record.state in ("failed", "incompatible")]
        if self._settings.plugins.strict and broken:
            reasons = "; ".join(f"{record.name}: {record.why}" for record in broken)
            raise PluginLoadError(f"plugins.strict is set and these plugins do not work: {reasons}")

    def _describe(self, error: BaseException) -> str:
        """The reason in one line, without the values of settings, which may be secret."""
        if isinstance(error, ValidationError):
            text = "; ".join(
                f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                for fault in error.errors(include_input=False, include_url=False, include_context=False)
            )
        elif isinstance(error, BackfinError):
            text = str(error.sentence)
        else:
            text = f"{type(error).__name__}: {_said(error)}"
        return scrub(_one_line(text[:_SAID_CHARS]))[:_WHY_CHARS]


def _spelt(name: str) -> str:
    """A plugin's name as a variable of the environment can spell it."""
    return name.replace("-", "_").lower()


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as problem:
        return f"it cannot say why ({type(problem).__name__})"


def _one_line(text: str) -> str:
    """Without what would colour or break a terminal's lines, or cannot be written at all."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
