"""Draws when each hook is called: ``python docs/pictures/draw_hooks.py``.

A plugin that implements every hook goes through one filing; what is drawn is what it was called with, in order.
Written beside this file: ``hooks.svg``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from dramatiq.brokers.stub import StubBroker
from pydantic import BaseModel

from backfin import hookimpl
from backfin.models.events import Event
from backfin.specs import ActorSpec, Next
from backfin.testing import FakeExchange, RecordingNotifier, make_app, make_row, make_watch, run_exchange

WIDTH, LINE, TOP = 760, 30, 86

#: What happens around the calls, and the colour it is drawn in.
PHASES = {"loading": "#81d4fa", "declare": "#ffd54f", "working": "#a5d6a7"}

#: The step that has just stored what an event tells.
STEPS = {
    "AnnouncementStored": "scrape",
    "DocumentRead": "read",
    "EnrichmentStored": "enrich",
    "InvestorsLinked": "investors",
    "DeliverySent": "notify",
    "DayClosed": "close_day",
}


class Config(BaseModel):
    """A section without keys."""


@dataclass
class Witness:
    """Implements every hook, and writes down each call as ``(phase, hook, what it was about)``."""

    name: str = "witness"
    phase: str = "loading"
    calls: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, hook: str, about: str = "") -> list[Any]:
        """Writes one call down."""
        self.calls.append((self.phase, hook, about))
        return []

    @hookimpl
    def backfin_config_model(self) -> type[BaseModel]:
        self.note("backfin_config_model", "the section [plugin.witness]")
        return Config

    @hookimpl
    def backfin_exchanges(self, config: Any) -> list[Any]:
        return self.note("backfin_exchanges")

    @hookimpl
    def backfin_document_readers(self, config: Any) -> list[Any]:
        return self.note("backfin_document_readers")

    @hookimpl
    def backfin_prompt_sets(self, config: Any) -> list[Any]:
        return self.note("backfin_prompt_sets")

    @hookimpl
    def backfin_enrichers(self, config: Any) -> list[Any]:
        return self.note("backfin_enrichers")

    @hookimpl
    def backfin_notifiers(self, config: Any) -> list[Any]:
        return self.note("backfin_notifiers")

    @hookimpl
    def backfin_actors(self, config: Any) -> list[ActorSpec]:
        self.note("backfin_actors")
        return [
            ActorSpec("witness.work", lambda ctx, key: self.note("(actor)", "witness.work runs"), "witness")
        ]

    @hookimpl
    def backfin_on_event(self, event: Event) -> None:
        name = type(event).__name__
        self.note("backfin_on_event", f"{name}, after {STEPS[name]}")


def calls() -> list[tuple[str, str, str]]:
    """Every call of one run, in order: loading, declaring, one filing, the close of its day."""
    witness = Witness()
    exchange, channel = FakeExchange([make_row(1)]), RecordingNotifier()
    with make_app(exchanges=[exchange], notifiers=[channel], plugins=[witness]) as app:
        app.store.watches.put(make_watch())
        witness.phase = "declare"
        app.declare(StubBroker())
        witness.note("(broker)", "witness.work is declared beside the built-in actors")
        witness.phase = "working"
        run_exchange(app, "fake")
        app.run_inline([Next("witness.work"), Next("backfin.close_day.fake", "fake", {"day": "2026-07-01"})])
    return witness.calls


def draw(found: list[tuple[str, str, str]]) -> str:
    """The calls as SVG, one a line from top to bottom."""
    height = TOP + LINE * len(found) + 16
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="13">'
    )
    title = (
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
        '<text x="20" y="30" font-size="17" font-weight="bold">When each hook is called</text>'
        '<text x="20" y="52">one plugin, one filing, from top to bottom</text>'
    )
    spine = f'<line x1="150" y1="{TOP}" x2="150" y2="{height - 20}" stroke="#90a4ae" stroke-width="2"/>'
    lines = [_line(number, *call, is_first=_is_first(found, number)) for number, call in enumerate(found)]
    return "\n".join([head, title, spine, *lines, "</svg>", ""])


def _is_first(found: list[tuple[str, str, str]], number: int) -> bool:
    return number == 0 or found[number - 1][0] != found[number][0]


def _line(number: int, phase: str, hook: str, about: str, *, is_first: bool) -> str:
    y = TOP + LINE * number + LINE // 2
    told = f'<text x="20" y="{y + 4}" font-weight="bold">{phase}</text>' if is_first else ""
    weight = "normal" if hook.startswith("(") else "bold"
    return (
        f'{told}<circle cx="150" cy="{y}" r="7" fill="{PHASES[phase]}" stroke="#455a64"/>'
        f'<text x="172" y="{y + 4}" font-weight="{weight}">{escape(hook)}</text>'
        f'<text x="380" y="{y + 4}" fill="#455a64">{escape(about)}</text>'
    )


if __name__ == "__main__":
    Path(__file__).with_name("hooks.svg").write_text(draw(calls()), encoding="utf-8")
