"""Figures of a month or quarter that are no statement: volumes, deposits, vehicles sold, each with its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Extract, evidence, tidy
from backfin.enrichment.rules.source import Source
from backfin.enrichment.rules.tables import Grid, grids_of, is_figure
from backfin.models import Evidence, Fact, Page
from backfin.models.money import money_of
from backfin.models.money_text import find_amounts

_MONTH_NAME = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_YEAR = r"(?:20\d\d|[’']\d\d)"
_MONTH = rf"{_MONTH_NAME},?[-’' ]{{0,2}}{_YEAR}"
_QUARTER = r"(?:Q[1-4]|H[12]|9M)\s?(?:of\s)?FY\s?['’]?\d{2,4}(?:-\d{2})?"
#: The period a filing is about: a range of months, a quarter or month beside words of an update, a day it ends on.
_PERIODS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<period>{_MONTH_NAME}\s?[-–]\s?{_MONTH})",
        rf"(?i:\b(?:month|quarter|period|update|sales|production|performance|volumes?)\b[^.\n]{{0,40}}?)"
        rf"(?P<period>{_MONTH}|{_QUARTER})",
        rf"(?P<period>{_QUARTER})[^.\n]{{0,30}}(?i:update|performance|figures|numbers)",
        rf"(?P<period>(?i:(?:quarter|half[- ]year|month|year)\s(?:ended|ending)(?:\son)?)\s(?i:{DATE}))",
    )
)
#: What is counted, and the unit it is counted in.
_UNITS = (
    r"(?:million tonnes|lakh tonnes|metric tonnes?|tonnes?|tons?|MMT|TMT|MTPA|MT|KT|TEUs?|(?:million |lakh )?units?"
    r"|vehicles?|tractors?|motorcycles?|MW|MWh|MU|BU|GWh|kl|KL|bcm|mmscmd|million sq\.? ?(?:ft|feet)|sq\.? ?(?:ft|feet)"
    r"|stores?|outlets?|branches|passengers?|customers?|clients?|accounts|rooms?|orders|policies|shipments?)"
)
#: Words before the name of a figure that are part of it, and the names.
_OF_KIND = (
    r"(?:gross|total|domestic|net|retail|wholesale|provisional|average|new|cumulative|consolidated|standalone|term"
    r"|customer|gold|home|vehicle|commercial|passenger|two-wheeler|electric|steel|coal|iron ore|cement|crude steel"
    r"|saleable steel|cargo|container|power|sugar|tractor|export|secured|own)"
)
_NAMES = (
    rf"(?:{_OF_KIND}\s){{0,3}}"
    r"(?:assets under (?:management|custody)|aum|loan book|loan portfolio|advances|deposits|casa(?: ratio| deposits)?"
    r"|disbursements?|sanctions|collection efficiency|collections|business|pre-?sales|bookings|booking value"
    r"|sales volumes?|sales(?: value)?|production(?: volumes?)?|off-?take|d[ei]spatches|exports|wholesales?"
    r"|throughput|volumes?(?: handled)?|generation|store count|revenue|turnover|order book|(?:client|customer) base"
    r"|footfalls|realisation|npa|c(?:redit[- ])?d(?:eposit)? ratio|cost of funds|premium(?: income)?)"
)
_RISE = (
    r"(?:up(?: by)?|(?:a |an )?(?:rise|growth|increase|improvement)(?: of)?|grew(?: by)?|rose(?: by)?"
    r"|increased(?: by)?|growing(?: by)?|higher by|\+)"
)
_FALL = (
    r"(?:down(?: by)?|(?:a |an )?(?:decline|fall|decrease|drop|de-?growth)(?: of)?|declin(?:ed|ing)(?: by)?"
    r"|fell(?: by)?|lower by)"
)
_CHANGE = re.compile(
    rf"(?i)\b(?:(?P<rise>{_RISE})|(?P<fall>{_FALL}))\s(?:about |around |approximately |~\s?)?"
    r"(?P<pct>\d{1,4}(?:\.\d{1,2})?)\s?%(?P<span>[^.;\n]{0,60})"
)
#: What a change is held against: the year before, or the quarter before.
_ON_YEAR = re.compile(
    r"(?i)y-?o-?y|year[- ]on[- ]year|\b(?:a|last|previous|prior) year|year ago|corresponding"
    r"|\bsame (?:month|quarter|period)|\b20\d\d\b"
)
_QOQ = re.compile(r"(?i)q-?o-?q|quarter[- ]on|sequential")
_VALUE = (
    r"(?P<value>(?:₹|Rs\.?|INR)\s?\d[\d,]*(?:\.\d+)?\s?(?:lakh crores?|crores?|cr\b\.?|lakhs?|million|mn|billion|bn)?"
    rf"|(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>%|{_UNITS}\b))"
)
_ABOUT = r"(?i:about |around |approximately |over |nearly |~\s?)?"
_NAMED = rf"(?<!\w)(?P<name>(?i:{_NAMES}))(?:\s\([^)]{{1,40}}\))?"
#: A name and its figure: "Deposits as on 30 June 2026 stood at Rs. 6,870 crore".
_SAID = re.compile(
    rf"{_NAMED}[^.;₹%\d]{{0,70}}?(?:(?i:{DATE})[^.;₹%\d]{{0,40}}?)?"
    rf"(?:\b(?i:was|were|stood at|stands at|is|are|at|of|reached|crossed|touched|came to|totall?ed)\s"
    rf"|\s?[:–]\s){_ABOUT}{_VALUE}"
)
#: A name, how far it moved, and where to: "Advances grew 18% y-o-y to Rs. 6,870 crore".
_MOVED = re.compile(
    rf"{_NAMED}[^.;₹%\d]{{0,40}}?\b(?:(?P<rise>(?i:{_RISE}))"
    rf"|(?P<fall>(?i:{_FALL})))\s(?P<pct>\d{{1,4}}(?:\.\d{{1,2}})?)\s?%"
    rf"(?P<span>[^.;₹%\d]{{0,60}}?)\b(?i:to|at)\s{_ABOUT}{_VALUE}"
)
#: What was done with so many of a unit: "handled 61,208 TEUs".
_DONE = re.compile(
    rf"\b(?i:handled|produced|sold|dispatched|despatched|generated|transported|carried|added|supplied|delivered)\s"
    rf"(?i:a total of )?{_ABOUT}(?P<value>(?P<n>\d[\d,]*(?:\.\d+)?)\s(?P<unit>{_UNITS}\b))"
)
_ROW = re.compile(
    r"(?m)^(?P<name>[A-Z][A-Za-z &/().,'’+-]{2,60}?)\s{1,3}(?P<now>\d[\d,]*(?:\.\d+)?%?)\s{1,3}"
    r"(?P<then>\d[\d,]*(?:\.\d+)?%?)"
    r"(?:\s{1,3}(?P<change>\(?[-−+]?\d{1,4}(?:\.\d{1,2})?\)?\s?%?))?\s{0,3}$"
)
_ROW_HEAD = re.compile(
    r"(?im)^[^\n]{0,60}(?:particulars|segment|category|product)[^\n]{0,100}(?:\d{2,4}|FY)[^\n]{0,60}$"
)
_UNIT_SAID = re.compile(
    rf"(?i)\(\s?(?:in\s|figures in\s|quantity in\s)?(?P<unit>{_UNITS}|nos\.?|numbers|%)\s?\)"
    rf"|\bin\s(?P<bare>{_UNITS})\b"
)
_CHANGE_HEAD = re.compile(
    r"(?i)y-?o-?y|%\s?(?:change|growth|var)|(?:change|growth|variance)\s?\(?%|growth|^%$|change"
)
_PERIOD_HEAD = re.compile(
    rf"(?i){_MONTH_NAME}|\b(?:Q[1-4]|FY|H[12])|\b[A-Z][a-z]{{2}}[-’' ]{{1,2}}\d\d\b|20\d\d"
)
_NO_ROW = re.compile(r"(?i)^(?:note|page|date|tel|regd|cin|particulars|sr|s\.?\s?no|scrip|symbol)\b")
_MOST = 30


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: a money value in rupees, everything else in its own unit; ``yoy`` in per cent."""

    name: str
    value: Decimal
    unit: str
    yoy: Decimal | None
    evidence: tuple[Evidence, ...]

    def told(self) -> dict[str, str]:
        """As the fact ``metric`` lists it."""
        told = {"metric": self.name, "value": f"{self.value.normalize():f}"}
        return (
            told
            | ({"unit": self.unit} if self.unit[:1].isalpha() else {})
            | ({"yoy": f"{self.yoy:f}"} if self.yoy is not None else {})
        )


def extract_update(source: Source) -> Extract:
    """Facts of ``operational_update``: the period, and every figure with its unit and its change on the year before."""
    found = Extract()
    period = next((match for pattern in _PERIODS if (match := source.search(pattern))), None)
    found.put("period", period.text_fact("period", 0.7) if period else None)
    metrics = metrics_of(source)
    if not metrics:
        return found
    places = tuple(dict.fromkeys(place for one in metrics for place in one.evidence))
    found.put("metric", Fact(value=[one.told() for one in metrics], evidence=places, confidence=0.75))
    units = {one.unit for one in metrics}
    if len(units) == 1 and (unit := units.pop()) not in ("", "%"):
        found.put("unit", Fact(value=unit, evidence=places, confidence=0.75))
    if len(metrics) == 1:
        only = metrics[0]
        found.put("value", Fact(value=f"{only.value.normalize():f}", evidence=only.evidence, confidence=0.75))
        if only.yoy is not None:
            found.put("yoy", Fact(value=f"{only.yoy:f}", evidence=only.evidence, confidence=0.7))
    return found


def metrics_of(source: Source) -> list[Metric]:
    """Every figure: of the tables, else of rows of text, and of sentences; each name once, at most 30."""
    named: dict[str, Metric] = {}
    tabled = [metric for grid in grids_of(source) for metric in _of_grid(grid)]
    pages = (*source.document[:4], *(page for page in source.pages if page.number == 0))
    rows = tabled or [metric for page in pages for metric in _of_rows(page)]
    for metric in (*rows, *(metric for page in pages for metric in _of_sentences(page))):
        named.setdefault(metric.name.casefold(), metric)
    return list(named.values())[:_MOST]


def _of_grid(grid: Grid) -> Iterator[Metric]:
    """The rows of a table whose heads name periods: the first column of figures is the period's own."""
    heads = [grid.whole_head(at) for at in range(len(grid.heads))]
    at = next((at for at, head in enumerate(heads) if at and _is_period(head)), None)
    if at is None:
        return
    change = next(
        (other for other, head in enumerate(heads) if other > at and _CHANGE_HEAD.search(head)), None
    )
    over, place = _unit_in(" ".join((grid.title, *heads)), grid.page)
    for row in grid.rows:
        label = next((cell for cell in row[:at] if cell and not is_figure(cell)), "")
        if at < len(row) and is_figure(row[at]) and (figure := _number(row[at])) is not None:
            yoy = _number(row[change]) if change is not None and change < len(row) else None
            quotes = (*grid.quotes(row, label, row[at]), *place)
            if (one := _metric(label, figure, _unit(label, row[at]) or over, yoy, quotes)) is not None:
                yield one


def _of_rows(page: Page) -> Iterator[Metric]:
    """Lines of a name, two figures and their change, below a line that heads them."""
    head = _ROW_HEAD.search(page.text)
    if head is None or not _is_period(head[0]):
        return
    over, place = _unit_in(head[0], page)
    has_change = _CHANGE_HEAD.search(head[0]) is not None
    for row in _ROW.finditer(page.text, head.end()):
        figure = _number(row["now"])
        yoy = _number(row["change"]) if has_change and row["change"] else None
        quotes = (evidence(page, *row.span()), *place)
        one = (
            _metric(row["name"], figure, _unit(row["name"], row["now"]) or over, yoy, quotes)
            if figure is not None
            else None
        )
        if one is not None:
            yield one


def _of_sentences(page: Page) -> Iterator[Metric]:
    """Figures told in words; a letter's lines are read on over their ends."""
    text = page.text.replace("\n", " ")
    for said in (*_MOVED.finditer(text), *_SAID.finditer(text), *_DONE.finditer(text)):
        groups = said.groupdict()
        rest = _rest(text, said.end())
        rest = _rest(text, said.end())
        change: re.Match[str] | None = said if groups.get("pct") else _CHANGE.search(rest)
        yoy = _yoy(change, f"{said[0]} {rest}")
        is_behind = change is not None and change is not said and yoy is not None
        end = said.end() + (change.end() if change is not None and is_behind else 0)
        figure, unit = _figure(groups)
        name = groups.get("name") or unit
        one = (
            _metric(name, figure, unit, yoy, (evidence(page, said.start(), end),))
            if figure is not None
            else None
        )
        if one is not None:
            yield one


def _rest(text: str, start: int) -> str:
    """The rest of a sentence, at most 120 characters."""
    rest = text[start : start + 120]
    end = re.search(r"\.(?=\s|$)|;", rest)
    return rest[: end.start()] if end else rest


def _figure(groups: dict[str, str | None]) -> tuple[Decimal | None, str]:
    """A figure with its unit; money in rupees, without one."""
    if groups["n"]:
        return _number(groups["n"]), groups["unit"] or ""
    text = groups["value"] or ""
    amount = next(iter(find_amounts(text)), None)
    return (money_of(text, amount).amount, "") if amount is not None else (None, "")


def _yoy(change: re.Match[str] | None, sentence: str) -> Decimal | None:
    """A change in per cent, where its sentence says that it is one on the year before."""
    if change is None or _QOQ.search(change["span"]) or not _ON_YEAR.search(sentence):
        return None
    number = Decimal(change["pct"])
    return -number if change["fall"] else number


def _metric(
    name: str, value: Decimal, unit: str, yoy: Decimal | None, places: tuple[Evidence, ...]
) -> Metric | None:
    name = tidy(re.sub(r"\([^)]*\)", " ", name)).strip(" .:*#-–")
    if len(name) < 2 or _NO_ROW.search(name):
        return None
    return Metric(name, value, unit, yoy, places)


def _is_period(head: str) -> bool:
    return _PERIOD_HEAD.search(head) is not None


def _unit_in(text: str, page: Page) -> tuple[str, tuple[Evidence, ...]]:
    """The unit that a head states, and its place."""
    said = _UNIT_SAID.search(text)
    if said is None:
        return "", ()
    where = page.text.find(said[0])
    place = (evidence(page, where, where + len(said[0])),) if where >= 0 else ()
    return said["unit"] or said["bare"], place


def _unit(label: str, cell: str) -> str:
    """The unit of one row: in its label's brackets, or a sign of per cent."""
    said = _UNIT_SAID.search(label)
    return (said["unit"] or said["bare"]) if said else "%" if "%" in cell else ""


def _number(cell: str) -> Decimal | None:
    """A figure of a cell; one in brackets is less than nothing."""
    said = re.search(r"\d[\d,]*(?:\.\d+)?", cell)
    if said is None:
        return None
    number = Decimal(said[0].replace(",", ""))
    return -number if re.match(r"\s?[(\-−]", cell) else number
