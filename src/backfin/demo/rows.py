"""The sample day's filings as the rows the exchange sends."""

from __future__ import annotations

from datetime import date
from typing import Any

from backfin.demo.companies import Company
from backfin.demo.filings import Filing

#: The day on which everything was filed, a Wednesday.
DAY = date(2026, 7, 15)

#: Rows on one page of the exchange's answer.
ROWS_PER_PAGE = 50

_VIEWER = "https://www.bseindia.com/Msource/90D/CorpXbrlGen.aspx?Bsenewid={news_id}&Scripcode={code}"


def row_of(filing: Filing, company: Company, *, size_bytes: int, pages: int) -> dict[str, Any]:
    """One raw row.

    Args:
        filing: What was filed.
        company: Who filed it.
        size_bytes: Size of the attachment; 0 when there is none.
        pages: Pages of the whole day's answer.
    """
    moment = f"{DAY}T{filing.time}"
    return {
        "NEWSID": filing.news_id,
        "SCRIP_CD": company.code,
        "XML_NAME": _xml_name(filing, company),
        "NEWSSUB": f"{company.long_name} - {company.code} - {filing.subject or _subject(filing)}",
        "DT_TM": moment,
        "NEWS_DT": moment,
        "CRITICALNEWS": int(filing.is_critical),
        "ANNOUNCEMENT_TYPE": "A",
        "QUARTER_ID": None,
        "FILESTATUS": "X" if filing.file_status == "X" else f"{filing.file_status:<5}",
        "ATTACHMENTNAME": filing.attachment,
        "MORE": filing.more,
        "HEADLINE": filing.headline,
        "CATEGORYNAME": filing.category,
        "OLD": 1,
        "RN": 1,
        "PDFFLAG": 0,
        "NSURL": company.page_url,
        "SLONGNAME": company.long_name,
        "AGENDA_ID": filing.agenda_id,
        "TotalPageCnt": pages,
        "News_submission_dt": moment[:19],
        "DissemDT": moment,
        "TimeDiff": "00:00:00",
        "Fld_Attachsize": size_bytes or None,
        "SUBCATNAME": filing.subcategory,
        "AUDIO_VIDEO_FILE": filing.recording,
    }


def _xml_name(filing: Filing, company: Company) -> str:
    if filing.file_status == "X":
        return _VIEWER.format(news_id=filing.news_id, code=company.code)
    return f"ANN_{company.code}_{filing.news_id.upper()}"


def _subject(filing: Filing) -> str:
    """The subject the exchange makes of a sub-category; it writes slashes between words as underscores."""
    words = (filing.subcategory or "General").replace(" / ", "_").replace(" of ", "_of_")
    is_joined = filing.subcategory == "Award of Order / Receipt of Order"
    return f"Announcement under Regulation 30 (LODR)-{words.replace(' ', '_') if is_joined else filing.subcategory}"
