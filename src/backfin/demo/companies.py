"""The fictional companies of the sample day."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Company:
    """A company nobody will find on any exchange.

    ``long_name`` is the name as the exchange's announcements carry it; ``style`` (0 to 3) sets how its letters look.
    """

    key: str
    code: int
    symbol: str
    isin: str
    name: str
    long_name: str
    cin: str
    address: str
    phone: str
    web: str
    secretary: str
    style: int
    group: str
    face_value: str
    market_cap_crore: str
    status: str

    @property
    def font(self) -> str:
        """Font of its letters."""
        return "Times-Roman" if self.style % 2 else "Helvetica"

    @property
    def footer(self) -> str:
        """The line at the foot of its letter paper."""
        return f"Regd. Office: {self.address} | CIN: {self.cin} | Tel: {self.phone} | www.{self.web}"

    @property
    def page_url(self) -> str:
        """Address of its page on the exchange's site, in the exchange's form."""
        slug = "-".join(word.strip(".&()").lower() for word in self.name.replace("Limited", "Ltd").split())
        return f"https://www.bseindia.com/stock-share-price/{slug}/{self.symbol.lower()}/{self.code}/"

    def as_issuer(self) -> dict[str, Any]:
        """Its row in the exchange's list of scrips."""
        return {
            "SCRIP_CD": str(self.code),
            "Scrip_Name": self.long_name.removesuffix("-$"),
            "Status": self.status,
            "GROUP": self.group,
            "FACE_VALUE": self.face_value,
            "ISIN_NUMBER": self.isin,
            "INDUSTRY": None,
            "scrip_id": self.symbol,
            "Segment": "Equity",
            "NSURL": self.page_url,
            "Issuer_Name": self.name,
            "Mktcap": self.market_cap_crore,
        }


def load_companies() -> dict[str, Company]:
    """Every company by its key, in order of scrip codes."""
    text = resources.files("backfin.demo").joinpath("companies.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["key"]: Company(**_typed(row)) for row in rows}


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"code": int(row["code"]), "style": int(row["style"])}
