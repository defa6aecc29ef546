"""Turns an alert into a subject line, plain text and HTML; everything from outside is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from backfin.models import Alert
from backfin.notifications.clean import fit
from backfin.notifications.view import AlertView, view_of

#: Longest subject line; mail readers show less, none more.
SUBJECT_CHARS = 150


@dataclass(frozen=True, slots=True)
class Rendered:
    """One alert in every form a channel may want."""

    subject: str
    text: str
    html: str


def render(alert: Alert) -> Rendered:
    """The alert as subject, text and HTML."""
    view = view_of(alert)
    return Rendered(subject_line(view), _fill("alert.txt.j2", view), _fill("alert.html.j2", view))


def render_text(alert: Alert) -> str:
    """The alert as plain text, ending in a line break."""
    return _fill("alert.txt.j2", view_of(alert))


def subject_line(view: AlertView) -> str:
    """One line that says who and what, never longer than :data:`SUBJECT_CHARS`."""
    return fit(f"{view.issuer}: {view.headline}", SUBJECT_CHARS)


def _fill(template: str, view: AlertView) -> str:
    return _environment().get_template(template).render(alert=view).strip() + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("backfin.notifications", "templates"),
        autoescape=lambda name: bool(name and ".html" in name),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
