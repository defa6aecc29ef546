"""People, meetings, auditors, and what a company says about itself."""

from __future__ import annotations

from backfin.models.sheets.kinds import Date, Exact, Many, Name, Number, Sheet, Text


class ManagementChange(Sheet):
    """A director or key manager comes, goes or changes seat."""

    person: Name = None
    din: Exact = None
    position: Text = None
    action: Exact = None
    effective_date: Date = None
    reason: Text = None
    no_other_reason_confirmed: Exact = None
    tenure: Text = None
    relation_to_directors: Text = None


class AuditorChange(Sheet):
    """An auditor comes or goes."""

    firm: Name = None
    frn: Exact = None
    kind: Exact = None
    action: Exact = None
    effective_date: Date = None
    reasons: Text = None
    disagreement: Exact = None
    pending_limited_review: Exact = None
    replacement: Name = None


class MeetingOrCall(Sheet):
    """A meeting, a call, and what came of it."""

    kind: Exact = None
    at: Date = None
    agenda: Many = None
    participants: Many = None
    results: Many = None
    transcript_url: Exact = None
    recording_url: Exact = None


class RumourClarification(Sheet):
    """An answer to a rumour or to the exchange's question."""

    media_source: Name = None
    rumour: Text = None
    stance: Exact = None
    price_move: Number = None
    details: Text = None


class Routine(Sheet):
    """Kept, searchable, alertable, and without facts of its own."""

    regulation: Exact = None
    document_kind: Exact = None
    period: Exact = None
    note: Text = None
