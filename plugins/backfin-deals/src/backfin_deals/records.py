"""A raw row → what it states, whatever its shape. Pure: no network, no clock.

Rows come as JSON of four endpoints, as CSV, out of an HTML table or out of an XBRL file. Their columns have names of
their own in each, and none of them means two things, so one table of names serves all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import partial
from typing import Any

from backfin.errors import ParseError
from backfin.identity import document_id, normalised_text

from backfin_deals.fields import day_in, moment, number, text

Row = Mapping[str, Any]

#: What the feed adds to a row: which question it answers, and the how-manieth of its like on its day it is.
KIND, COPY = "backfin_kind", "backfin_copy"

KINDS = ("bulk", "block", "insider")

_PRIOR, _POST = "heldpriortoacquisitiondisposed", "heldpostacquisitiondisposedpledgeetc"
_TRADED = "acquireddisposedpledgeetc"
_DATES = "dateofacquisitionofsharessaleofsharesdateofallotment"

#: What is stated → the columns that may state it, their names reduced to small letters and digits.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("scripcode", "fldscripcode", "securitycode"),
    "symbol": ("bdsymbol", "symbol"),
    "isin": ("isin",),
    "issuer": ("bdscripname", "scripname", "securityname", "companyname", "company", "name"),
    "person": ("bdclientname", "clientname", "nameofperson", "fldpromotername", "acqname"),
    "side": (
        *("bdbuysell", "transactiontype", "buysell", "transactiontypebuysalepledgerevokeinvoke"),
        *("fldtransactiontype", "tdptransactiontype"),
    ),
    "quantity": (
        *("bdqtytrd", "quantity", "quantitytraded", "qty"),
        *(f"numberofsecurities{_TRADED}", "fldsecurityno", "secacq"),
    ),
    "price": ("bdtpwatp", "price", "tradepricewghtavgprice", "watp"),
    "value": (f"valueofsecurities{_TRADED}", "fldsecurityvalue", "secval"),
    "category": ("categoryofperson", "fldpersoncatgname", "personcategory"),
    "security": (f"typeofsecurities{_TRADED}", "fldsecuritytypename", "sectype"),
    "pre_quantity": (f"numberofsecurities{_PRIOR}", "fldsecuritynoprior", "befacqsharesno"),
    "pre_pct": (f"ofsecurities{_PRIOR}", "fldpercentofshareholdingpre", "befacqsharesper"),
    "post_quantity": (f"numberofsecurities{_POST}", "fldsecuritynopost", "afteracqsharesno"),
    "post_pct": ("posttransactionofshareholding", "fldpercentofshareholdingpost", "afteracqsharesper"),
    "mode": ("modeofacquisition", "modeofaquisation", "fldmodeofacquisition", "acqmode"),
    "first": (f"{_DATES}fromdate", "fldfromdate", "acqfromdt"),
    "last": (f"{_DATES}todate", "fldtodate", "acqtodt"),
    "told": ("dateofintimationtocompany", "flddateintimation", "intimdt"),
    "venue": ("exchangeonwhichthetradewasexecuted", "exchange"),
    "day": (
        *("bddtdate", "dealdate", "reportedtoexchange", "fldstampdate", "date", "fldcreatedate"),
        *("broadcastdatetime", "broadcastdate"),
    ),
    "at": ("fldcreatedate", "date"),
    "xbrl": ("xbrlurl", "xbrl"),
}

_BUYS = frozenset({"b", "p", "buy", "bought", "purchase", "acquisition", "acquired"})
_SELLS = frozenset({"s", "sell", "sold", "sale", "disposal", "disposed"})
_PLEDGES = (("invo", "invoke"), ("revo", "revoke"), ("releas", "revoke"), ("pledge", "pledge"))


@dataclass(frozen=True, slots=True)
class Record:
    """What a row states. Money is rupees, percentages are per cent; what it does not state is ``None`` or empty.

    ``side`` is ``buy``, ``sell``, ``pledge``, ``revoke``, ``invoke`` or empty; ``side_written`` the exchange's word.
    ``day`` is the day of the deal, or on which an insider's trade was reported; ``first`` and ``last`` are the
    days between which an insider traded.
    """

    kind: str
    copy: int
    day: date
    at: time | None
    code: str
    symbol: str
    isin: str
    issuer: str
    person: str
    side: str
    side_written: str
    quantity: Decimal | None
    price: Decimal | None
    value: Decimal | None
    category: str
    security: str
    pre_quantity: Decimal | None
    pre_pct: Decimal | None
    post_quantity: Decimal | None
    post_pct: Decimal | None
    mode: str
    first: date | None
    last: date | None
    told: date | None
    venue: str
    xbrl: str

    @property
    def is_deal(self) -> bool:
        """Whether it is a bulk or block deal, and no insider's trade."""
        return self.kind != "insider"


def record_of(row: Row) -> Record:
    """Reads a row.

    Raises:
        ParseError: It is of no known kind, or has no day, no security, or neither a name nor a quantity.
    """
    cells = _cells(row)
    kind = _kind(row)
    day = day_of_row(row)
    if day is None:
        raise ParseError(f"A row of {kind} deals carries no readable day; it is kept as it came.")
    _known_by(cells, kind)
    said = partial(_first, cells)
    return Record(
        kind=kind,
        copy=_copy(row),
        day=day,
        at=_at(cells, day),
        code=said("code").removesuffix(".0"),
        symbol=said("symbol").upper(),
        isin=said("isin").upper(),
        issuer=said("issuer").removesuffix("-$").strip(),
        person=said("person"),
        side=side_of(said("side")),
        side_written=said("side"),
        quantity=_above_zero(said("quantity")),
        price=_above_zero(said("price")),
        value=_above_zero(said("value")),
        category=said("category"),
        security=said("security"),
        pre_quantity=_none_below_zero(said("pre_quantity")),
        pre_pct=_percentage(said("pre_pct")),
        post_quantity=_none_below_zero(said("post_quantity")),
        post_pct=_percentage(said("post_pct")),
        mode=said("mode"),
        first=day_in(said("first")),
        last=day_in(said("last")),
        told=day_in(said("told")),
        venue=said("venue"),
        xbrl=said("xbrl"),
    )


def native_id(row: Row) -> str:
    """The row's natural key: exchange and kind, day, security, name, side, quantity and price, and the copy.

    An insider's trade is known by the days of the trade and its value, so that one that is reported again is no
    other. Commas, letter cases and what else a republished row writes in another way make no difference.

    Raises:
        ParseError: The row is of no known kind, or says nothing to know it by.
    """
    key, copy = natural_key(row), _copy(row)
    return key if copy == 1 else f"{key}-{copy}"


def natural_key(row: Row) -> str:
    """The same without the copy: rows that state the same have it in common.

    Raises:
        ParseError: As :func:`native_id`.
    """
    cells, kind = _cells(row), _kind(row)
    _known_by(cells, kind)
    days = [day for name in ("first", "last") if (day := day_in(_first(cells, name)))]
    if kind != "insider" or not days:
        shown = day_of_row(row)
        days = [shown] if shown else []
    parts = [
        kind,
        "/".join(day.isoformat() for day in days) or _first(cells, "day"),
        (
            _first(cells, "code").removesuffix(".0") or _first(cells, "symbol") or _first(cells, "issuer")
        ).upper(),
        normalised_text(_first(cells, "person")),
        side_of(_first(cells, "side")) or normalised_text(_first(cells, "side")),
        *(_plain(_first(cells, name)) for name in ("quantity", "price", "value")),
        normalised_text(_first(cells, "security")),
    ]
    return f"{kind}-{document_id(chr(31).join(parts).encode())[:32]}"


def day_of_row(row: Row) -> date | None:
    """The day under which a row belongs."""
    cells = _cells(row)
    found = (day_in(cells.get(name)) for name in _COLUMNS["day"])
    return next((day for day in found if day is not None), None)


def side_of(written: str) -> str:
    """What an exchange's word for the side means; empty where it means none of them.

    >>> [side_of(word) for word in ("B", "SELL", "Disposal", "Pledge", "Pledge Revoke", "Gift")]
    ['buy', 'sell', 'sell', 'pledge', 'revoke', '']
    """
    word = written.strip().lower()
    if word in _BUYS or word in _SELLS:
        return "buy" if word in _BUYS else "sell"
    return next((side for part, side in _PLEDGES if part in word), "")


def _known_by(cells: Mapping[str, Any], kind: str) -> None:
    has_security = any(_first(cells, name) for name in ("code", "symbol", "issuer"))
    if not has_security or not any(_first(cells, name) for name in ("person", "quantity")):
        raise ParseError(f"A row of {kind} deals names no security, or nobody; it is kept as it came.")


def _kind(row: Row) -> str:
    kind = row.get(KIND)
    if not isinstance(kind, str) or kind not in KINDS:
        raise ParseError("A row of deals is of no known kind; it is kept as it came.")
    return kind


def _copy(row: Row) -> int:
    copy = row.get(COPY)
    return copy if isinstance(copy, int) and not isinstance(copy, bool) and 1 < copy < 10**6 else 1


def _at(cells: Mapping[str, Any], day: date) -> time | None:
    """The time of day at which it was shown, where a column has one of that day."""
    found = (moment(cells.get(name)) for name in _COLUMNS["at"])
    return next((one[1] for one in found if one and one[0] == day and one[1]), None)


def _cells(row: Row) -> dict[str, Any]:
    return {
        "".join(sign for sign in str(name).lower() if sign.isalnum()): value for name, value in row.items()
    }


def _first(cells: Mapping[str, Any], what: str) -> str:
    return next((found for name in _COLUMNS[what] if (found := text(cells.get(name)))), "")


def _plain(written: str) -> str:
    found = number(written)
    return "" if found is None else str(found)


def _above_zero(written: str) -> Decimal | None:
    found = number(written)
    return found if found is not None and found > 0 else None


def _none_below_zero(written: str) -> Decimal | None:
    found = number(written)
    return found if found is not None and found >= 0 else None


def _percentage(written: str) -> Decimal | None:
    found = number(written)
    return found if found is not None and 0 <= found <= 100 else None
