"""Facts of clinical trials."""

from __future__ import annotations

from collections.abc import Iterable

from backfin.enrichment.rules.quotes import Extract
from backfin_prompts_pharma.text import Sentence, names, words

_PHASE = words(r"\b(?P<phase>phase[- ]?(?:[1-4](?:/[1-4])?|I{1,3}(?:/I{1,3})?|IV)(?:\(?[ab]\)?)?)(?!\w)")
_TRIAL = words(r"\btrials?\b|\bstud(?:y|ies)\b|\bphase\b|\btop-?line\b")
_CODE = names(r"\b(?P<name>(?!NCT|COVID|CTRI|ISIN|INE|FY)[A-Z]{2,6}-?\d{2,6}[A-Z]?)\b")
_NAMED = names(
    r"\b(?:trial|study|results|data|evaluating|evaluated|investigating|efficacy|candidate|drug)"
    r"(?: (?:of|for|with|from))?"
    r"(?: (?:its|the|novel|oral|investigational))* (?P<name>(?!Phase\b|The\b)[A-Z][a-z]{4,25})\b(?! (?:patients|Phase))"
)
_ID = words(r"\b(?P<id>NCT\d{8}|CTRI/\d{4}/\d{2,3}/\d{5,6})\b")
_PATIENTS = words(
    r"\b(?P<n>\d{1,3}(?:,\d{3})+|\d{2,6}) (?:[a-z-]+ ){0,2}(?:patients|subjects|participants|volunteers)\b"
)
_MET = words(
    r"\b(?:met|meets|achieved|achieves)(?: (?:all|both|its|the|of|key|co))*[ -]primary (?:and [a-z ]{1,20})?"
    r"(?:efficacy )?"
    r"end[\s-]?points?\b"
)
_MISSED = words(
    r"\b(?:did not|has not|failed to|not) (?:meet|met|achieve|achieved)\b[^.;]{0,40}\bprimary (?:efficacy )?"
    r"end[\s-]?points?\b"
    r"|\bmissed\b[^.;]{0,30}\bprimary (?:efficacy )?end[\s-]?points?\b"
)
_FOR = words(r"\b(?:patients with|treatment of|for treating|in the management of) (?P<text>[^.;,()]{4,100})")


def trial_facts(sentences: Iterable[Sentence]) -> Extract:
    """Phase, drug, register number, patients, illness, and whether the primary endpoint was met."""
    found = Extract()
    said = [sentence for sentence in sentences if sentence.has(_TRIAL) or sentence.has(_MET)]
    for sentence in said:
        for field, pattern, group in (
            ("phase", _PHASE, "phase"),
            ("trial_id", _ID, "id"),
            ("indication", _FOR, "text"),
        ):
            if match := sentence.find(pattern):
                found.put(field, match.text_fact(group))
        if name := sentence.find(_CODE) or sentence.find(_NAMED):
            found.put("product", name.text_fact("name", 0.7))
        if patients := sentence.find(_PATIENTS):
            found.put("patients", patients.fact(int(patients["n"].replace(",", ""))))
        for value, pattern in (("no", _MISSED), ("yes", _MET)):
            if match := sentence.find(pattern):
                found.put("endpoint_met", match.fact(value))
    return found
