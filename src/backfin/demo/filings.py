"""The filings of the sample day as written: what was filed, when, under which labels, with which document."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing, as its source in ``day/`` states it.

    Args:
        slug: Short unique name; the exchange's ids are derived from it.
        company: Key of the company.
        time: Wall clock in IST on the day, with the exchange's fractions of a second.
        category: The exchange's category, verbatim; ``None`` where it gives none.
        subcategory: The exchange's sub-category, verbatim.
        subject: Subject without the company's name; made from the sub-category when empty.
        headline: The exchange's headline, which may hold markup.
        more: The exchange's long text.
        document: Light markup of the document (see ``markup.py``), or the file's own text for ``html`` and ``xml``.
        kind: Ending of the attachment: ``pdf``, ``html``, ``xml``, ``zip``; ``none`` for no attachment.
        same_file_as: Slug of the filing whose attachment this one refers to as well.
        asset: Name of a ready-made file in ``files/`` that is the attachment.
        scan: Whether the document is pictures without a text layer.
        damage: ``truncated`` or ``encrypted``.
        by_exchange: Whether the exchange itself entered the filing, which shows in the attachment's name.
        is_critical: The exchange's own flag.
        file_status: ``N``, or ``X`` for one filed as XBRL.
        agenda_id: The exchange's number of the subject.
        recording: Address of a call's recording.
    """

    slug: str
    company: str
    time: str
    category: str | None
    subcategory: str | None
    headline: str
    subject: str = ""
    more: str = ""
    document: str = ""
    kind: str = "pdf"
    same_file_as: str = ""
    asset: str = ""
    scan: bool = False
    damage: str = ""
    by_exchange: bool = False
    is_critical: bool = False
    file_status: str = "N"
    agenda_id: int = 1
    recording: str | None = None

    @property
    def news_id(self) -> str:
        """The exchange's key: a lower-case GUID."""
        return _guid(f"news/{self.slug}")

    @property
    def attachment(self) -> str:
        """Name of the attachment as the exchange gives it; empty when there is none."""
        if self.kind == "none":
            return ""
        if self.by_exchange:
            return f"{self.news_id.upper().replace('-', '_')}_{self.time[:8].replace(':', '')}.{self.kind}"
        return f"{_guid('file/' + (self.same_file_as or self.slug))}.{self.kind}"


def load_filings() -> list[Filing]:
    """Every filing of the day, newest first."""
    found: list[Filing] = []
    for entry in resources.files("backfin.demo").joinpath("day").iterdir():
        if entry.name.endswith(".toml"):
            tables = tomllib.loads(entry.read_text(encoding="utf-8"))["filing"]
            found.extend(_filing(table) for table in tables)
    return sorted(found, key=lambda filing: (filing.time, filing.slug), reverse=True)


def _filing(table: dict[str, Any]) -> Filing:
    required = {field.name: None for field in fields(Filing) if field.name in ("category", "subcategory")}
    return Filing(**required | table)


def _guid(text: str) -> str:
    """A version 4 GUID that depends on nothing but ``text``."""
    digits = list(hashlib.sha256(f"backfin demo {text}".encode()).hexdigest()[:32])
    digits[12], digits[16] = "4", "89ab"[int(digits[16], 16) % 4]
    whole = "".join(digits)
    return "-".join((whole[:8], whole[8:12], whole[12:16], whole[16:20], whole[20:]))
