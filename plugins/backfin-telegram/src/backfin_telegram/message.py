"""An alert as a Telegram message: rendered, measured as Telegram measures it, and shortened line by line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from html.parser import HTMLParser

from backfin.models import Alert
from backfin.notifications.clean import fit
from backfin.notifications.view import AlertView, FactLine, view_of

#: Most UTF-16 units of one message, counted after its markup is read.
LIMIT_UNITS = 4096

#: Most characters of each part that is never left out, so that all of them together fit.
_ISSUER, _CODES, _CATEGORY, _WATCH, _LINK = 200, 100, 100, 100, 1500

#: Most characters of one line of a list, and of a fact's name.
_LINE, _LABEL = 300, 100

#: Lines of one list beyond this are only counted.
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Body:
    """The parts that may be shortened: whole lines, already marked up, and running text, not yet escaped."""

    facts: tuple[str, ...]
    parties: tuple[str, ...]
    summary: str
    uncertain: tuple[str, ...]

    def shorter(self, by_units: int) -> Body:
        """The body with less of what matters least: the text, then parties, then facts, then doubts."""
        if self.summary:
            return replace(self, summary=fit(self.summary, max(0, len(self.summary) - max(1, by_units // 2))))
        if self.parties:
            return replace(self, parties=self.parties[:-1])
        if self.facts:
            return replace(self, facts=self.facts[:-1])
        return replace(self, uncertain=self.uncertain[:-1])


def message_of(alert: Alert, limit_units: int = LIMIT_UNITS) -> str:
    """The alert as HTML that Telegram accepts, never longer than ``limit_units`` when shown.

    Facts come first and go last. A line is there as a whole or not at all, and what is left out is counted.
    """
    view = view_of(alert)
    whole = Body(
        facts=tuple(map(_fact, view.facts)),
        parties=tuple(map(_line, view.parties)),
        summary="" if view.summary == view.headline else view.summary,
        uncertain=tuple(map(_line, view.uncertain)),
    )
    body = replace(
        whole,
        facts=whole.facts[:_MOST_LINES],
        parties=whole.parties[:_MOST_LINES],
        uncertain=whole.uncertain[:_MOST_LINES],
    )
    text = _render(view, whole, body)
    while (excess := shown_units(text) - limit_units) > 0 and body != Body((), (), "", ()):
        body = body.shorter(excess)
        text = _render(view, whole, body)
    return text


def shown_units(html: str) -> int:
    """UTF-16 units of a message when its markup is read.

    >>> shown_units("<b>₹5</b> &lt; 😀")
    7
    """
    reader = _Text()
    reader.feed(html)
    reader.close()
    return len("".join(reader.parts).encode("utf-16-le")) // 2


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _render(view: AlertView, whole: Body, body: Body) -> str:
    sections = (
        _head(view),
        _list("", body.facts, len(whole.facts)),
        _list("Red flags:", tuple(map(_line, view.warnings)), len(view.warnings)),
        _list("Parties:", body.parties, len(whole.parties)),
        escape(body.summary, quote=False),
        _list("Uncertain:", body.uncertain, len(whole.uncertain)),
        _foot(view),
    )
    return "\n\n".join(section for section in sections if section)


def _head(view: AlertView) -> str:
    codes = f" ({fit(view.codes, _CODES)})" if view.codes else ""
    line = [view.disseminated_at]
    line += [fit(view.category, _CATEGORY)] if view.category else []
    line += [f"materiality {view.materiality}/100"] if view.materiality is not None else []
    lines = [
        f"<b>{escape(view.headline, quote=False)}</b>",
        escape(fit(view.issuer, _ISSUER) + codes, quote=False),
        escape(" · ".join(line), quote=False),
    ]
    if view.is_flash:
        lines.append("<i>The exchange's own words; the document has not been read yet.</i>")
    return "\n".join(line for line in lines if line)


def _fact(fact: FactLine) -> str:
    place = f" [{fact.place}]" if fact.place else ""
    label = escape(fit(fact.label, _LABEL), quote=False)
    return f"• {label}: <b>{escape(fact.value, quote=False)}</b>{place}"


def _line(text: str) -> str:
    return f"• {escape(fit(text, _LINE), quote=False)}"


def _list(title: str, lines: tuple[str, ...], count: int) -> str:
    missing = count - len(lines)
    more = [f"… and {missing} more" if lines else f"{missing} not shown"] if missing else []
    shown = [*lines, *more]
    return "\n".join([title, *shown] if title and shown else shown)


def _foot(view: AlertView) -> str:
    links = [_link("Source", view.source_url), _link("Document", view.document_url)]
    shown = " · ".join(link for link in links if link)
    name = "Watches" if view.has_many_watches else "Watch"
    watch = escape(f"{name}: {fit(view.watch, _WATCH)}", quote=False)
    return f"{shown}\n{watch}" if shown else watch


def _link(words: str, url: str | None) -> str:
    return f'<a href="{escape(url)}">{words}</a>' if url and len(url) <= _LINK else ""
