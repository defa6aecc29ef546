"""Turns an alert or a digest into a subject line, plain text and HTML; everything from outside is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from backfin.models import Alert, Digest
from backfin.notifications.clean import fit
from backfin.notifications.digests import DigestView, digest_view
from backfin.notifications.view import AlertView, view_of

#: Longest subject line; mail readers show less, none more.
SUBJECT_CHARS = 150


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in every form a channel may want."""

    subject: str
    text: str
    html: str


def render(alert: Alert) -> Rendered:
    """The alert as subject, text and HTML."""
    view = view_of(alert)
    return Rendered(subject_line(view), _fill("alert.txt.j2", alert=view), _fill("alert.html.j2", alert=view))


def render_text(alert: Alert) -> str:
    """The alert as plain text, ending in a line break."""
    return _fill("alert.txt.j2", alert=view_of(alert))


def render_digest(digest: Digest) -> Rendered:
    """The digest as subject, text and HTML."""
    view = digest_view(digest)
    return Rendered(
        fit(f"{view.title}, {view.period}", SUBJECT_CHARS),
        _fill("digest.txt.j2", digest=view),
        _fill("digest.html.j2", digest=view),
    )


def render_digest_within(digest: Digest, limit_chars: int) -> Rendered:
    """The digest with as many of its filings, the most material first, as a text of that length has room for."""
    rendered, shown = render_digest(digest), digest.filings
    while len(rendered.text) > limit_chars and shown:
        shown = shown[: len(shown) // 2]
        rendered = render_digest(digest.model_copy(update={"filings": shown}))
    return rendered


def subject_line(view: AlertView) -> str:
    """One line that says who and what, never longer than :data:`SUBJECT_CHARS`."""
    what = fit(view.headline, SUBJECT_CHARS)
    if view.issuer.casefold() in what.casefold():
        return what
    return fit(f"{view.issuer}: {view.headline}", SUBJECT_CHARS)


def _fill(template: str, **views: AlertView | DigestView) -> str:
    return _environment().get_template(template).render(**views).strip() + "\n"


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
