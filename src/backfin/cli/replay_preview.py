"""``backfin replay --dry-run``: what would change, item by item, as it is worked out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from backfin.app import Backfin
from backfin.cli.differences import print_difference
from backfin.cli.output import print_json_stream, say, tell
from backfin.steps.replay_preview import Preview, estimate, previews
from backfin.steps.replay_request import ReplayRequest, checked, selected


def show_preview(app: Backfin, request: ReplayRequest, *, limit: int, with_llm: bool, as_json: bool) -> None:
    """Prints what a replay would change in the first ``limit`` announcements that it means."""
    asked = checked(app.context, request)
    count = sum(len(page) for page in selected(app.context, asked))
    tally = _Tally()
    items = tally.over(islice(previews(app.context, asked, with_llm=with_llm), limit))
    head = {
        "run_id": None,
        "selected": count,
        "done": 0,
        "failed": 0,
        "new": 0,
        "notified": 0,
        "seconds": 0.0,
    }
    model = estimate(app.context, count)

    def tail() -> dict[str, Any]:
        return {**tally.as_json(), "not_looked_at": max(0, count - tally.looked), "model": model}

    if as_json:
        print_json_stream(head, "diff", (item.as_json() for item in items), tail)
        return
    for item in items:
        _print(item)
    _conclude(asked, count, tally, model)


class _Tally:
    """What was seen on the way."""

    def __init__(self) -> None:
        self.looked = self.changed = self.fires = self.silences = 0
        self.notes: Counter[str] = Counter()

    def over(self, items: Iterator[Preview]) -> Iterator[Preview]:
        """The items, counted as they pass."""
        for item in items:
            self.looked += 1
            self.changed += bool(item.difference)
            self.fires += len(item.fires)
            self.silences += len(item.silences)
            self.notes[item.note] += bool(item.note)
            yield item

    def as_json(self) -> dict[str, Any]:
        """The figures for JSON."""
        return {
            "changed": self.changed,
            "looked_at": self.looked,
            "would_fire": self.fires,
            "would_not": self.silences,
            "unknown": self.notes.total(),
        }


def _print(item: Preview) -> None:
    if not item:
        return
    say(
        f"{item.announcement.announcement_id}  {item.status.day}  {item.announcement.issuer_name}",
        style="bold",
    )
    print_difference(item.difference.as_json())
    for word, names in (("would fire", item.fires), ("would not fire", item.silences)):
        if names:
            say(f"  {word}: {', '.join(names)}")
    if item.note:
        say(f"  {item.note}")


def _conclude(request: ReplayRequest, count: int, tally: _Tally, model: dict[str, Any] | None) -> None:
    beyond = ", and what the exchange shows beyond them is scraped" if request.scrapes else ""
    say(
        f"{count} stored announcements would be replayed{beyond}; {tally.looked} were looked at: {tally.changed} "
        f"would change, {tally.fires} watches would fire that did not, {tally.silences} would not that did. "
        "Nothing was done.",
        wrap=True,
    )
    if count > tally.looked:
        tell(f"{count - tally.looked} were not looked at; --limit says how many are.")
    if model is not None:
        tell(_cost(model))


def _cost(model: dict[str, Any]) -> str:
    if not model["basis"]:
        return f"{model['filings']} filings would go to the model; what that costs is not known, it was never asked."
    return (
        f"{model['filings']} filings would go to the model: about {model['calls']} calls, {model['tokens']} tokens "
        f"and {model['cost_usd']} US dollars, going by {model['basis']} filings of the last 30 days."
    )
