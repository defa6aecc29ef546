"""The exchanges' lists of companies → issuers, so that deals carry ISINs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from backfin import Issuer
from backfin.models import IssuerCode

from backfin_deals.answers import read_csv
from backfin_deals.fields import text

_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", re.ASCII)


def bse_issuers(rows: Iterable[Mapping[str, Any]], exchange: str) -> list[Issuer]:
    """Issuers of the rows of BSE's scrip master that carry an ISIN, one per ISIN; an earlier row wins."""
    found: dict[str, Issuer] = {}
    for row in rows:
        isin, code = text(row.get("ISIN_NUMBER")).upper(), text(row.get("SCRIP_CD")).removesuffix(".0")
        if not _ISIN.fullmatch(isin) or not code:
            continue
        known = found.get(isin)
        codes = (
            *(known.codes if known else ()),
            IssuerCode(kind="scrip_code", exchange=exchange, value=code),
        )
        found[isin] = (known or _bse_issuer(row, isin)).model_copy(
            update={"codes": tuple(dict.fromkeys(codes))}
        )
    return list(found.values())


def _bse_issuer(row: Mapping[str, Any], isin: str) -> Issuer:
    names = (text(row.get(name)).removesuffix("-$").strip() for name in ("Issuer_Name", "Scrip_Name"))
    return Issuer(
        isin=isin,
        name=next(filter(None, names), isin),
        status=text(row.get("Status")).lower() or "active",
        industry=text(row.get("INDUSTRY")) or None,
        face_value=text(row.get("FACE_VALUE")) or None,
    )


def read_list(content: bytes) -> list[dict[str, Any]]:
    """The rows of one of NSE's lists of companies, their columns named in upper case with underscores.

    Raises:
        ExchangeUnavailable: It is no such list.
    """
    rows = read_csv(content, "NSE", "symbol", "isin")
    return [{str(name).strip().upper().replace(" ", "_"): cell for name, cell in row.items()} for row in rows]


def nse_issuers(rows: Iterable[Mapping[str, Any]], exchange: str) -> list[Issuer]:
    """Issuers of all rows that carry an ISIN and a symbol, one per ISIN."""
    found: dict[str, Issuer] = {}
    for row in rows:
        isin, symbol = text(row.get("ISIN_NUMBER")).upper(), text(row.get("SYMBOL")).upper()
        if _ISIN.fullmatch(isin) and symbol:
            name = text(row.get("NAME_OF_COMPANY")) or symbol
            codes = (IssuerCode(kind="symbol", exchange=exchange, value=symbol),)
            face_value = text(row.get("FACE_VALUE")) or None
            found.setdefault(isin, Issuer(isin=isin, name=name, face_value=face_value, codes=codes))
    return list(found.values())
