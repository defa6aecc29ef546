"""Rows of BSE's scrip master → issuers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from backfin.errors import ParseError
from backfin.exchanges.bse_parse import NAME, company_name, scrip_code
from backfin.models import Issuer, IssuerCode

_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", re.ASCII)


def parse_issuer(row: Mapping[str, Any]) -> Issuer:
    """Turns one row of the master into an issuer with its scrip code, symbol and names.

    Raises:
        ParseError: The row has no ISIN, which is what an issuer is known by.
    """
    isin = _word(row.get("ISIN_NUMBER")).upper()
    if not _ISIN.fullmatch(isin):
        raise ParseError("A row of the BSE scrip master carries no ISIN.", scrip_code=row.get("SCRIP_CD"))
    names = list(dict.fromkeys(company_name(row.get(key)) for key in ("Issuer_Name", "Scrip_Name")))
    names = [name for name in names if name]
    codes = [
        ("scrip_code", scrip_code(row.get("SCRIP_CD")) or ""),
        ("symbol", _word(row.get("scrip_id")).upper()),
        *(("name", name) for name in names),
    ]
    return Issuer(
        isin=isin,
        name=names[0] if names else isin,
        status=_word(row.get("Status")).lower() or "active",
        industry=_word(row.get("INDUSTRY")) or None,
        face_value=_word(row.get("FACE_VALUE")) or None,
        codes=tuple(IssuerCode(kind=kind, exchange=NAME, value=value) for kind, value in codes if value),
    )


def parse_issuers(rows: Iterable[Mapping[str, Any]]) -> list[Issuer]:
    """Issuers of all rows that carry an ISIN, one per ISIN; an earlier row's name and status win.

    A company may stand in the master more than once, for example active and, under an old code, delisted.
    """
    issuers: dict[str, Issuer] = {}
    for row in rows:
        try:
            issuer = parse_issuer(row)
        except ParseError:
            continue  # preference shares and old scrips without an ISIN: nothing to join on
        known = issuers.get(issuer.isin)
        issuers[issuer.isin] = issuer if known is None else _joined(known, issuer)
    return list(issuers.values())


def _joined(first: Issuer, second: Issuer) -> Issuer:
    return first.model_copy(update={"codes": tuple(dict.fromkeys((*first.codes, *second.codes)))})


def _word(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text.upper() in ("NULL", "NA", "-") else text
