"""How the fictional companies write letters: paper, addressee, closing words."""

from __future__ import annotations

from backfin.demo.companies import Company
from backfin.testing.pdf import Block, Gap, Table, Text, bold

_COLORS = ((0.1, 0.2, 0.5), (0.5, 0.1, 0.1), (0, 0, 0), (0.05, 0.4, 0.25))
_DATES = ("July 15, 2026", "15th July, 2026", "15.07.2026", "Wednesday, 15 July 2026")
_CLOSINGS = (
    "You are requested to take the above on record.\n\nThanking you,\n\nYours faithfully,",
    "Kindly take the same on your record and oblige.\n\nThanking You\nYours faithfully",
    "This is for your information and dissemination please.\n\nYours truly,",
    "The above information is also being hosted on the website of the Company at www.{web}.\n\nYours sincerely,",
)
_BSE = (
    "BSE Limited\nDepartment of Corporate Services\nPhiroze Jeejeebhoy Towers\nDalal Street, Mumbai – 400 001"
)
_NSE = (
    "National Stock Exchange of India Limited\nListing Department, Exchange Plaza\n"
    "Bandra Kurla Complex, Bandra (East)\nMumbai – 400 051"
)


def letterhead(company: Company) -> list[Block]:
    """Name and address, the date, and the exchange the letter goes to."""
    font, align = company.font, "left" if company.style == 0 else "center"
    blocks: list[Block] = [
        Text(company.name, bold(font), 16, align, gap=2, color=_COLORS[company.style]),
        Text(company.address, font, 8, align, gap=1),
        Text(f"Tel: {company.phone}   E-mail: cs@{company.web}   CIN: {company.cin}", font, 8, align, gap=2),
        Gap(10, ruled=True),
        Text(_DATES[company.style], font, 10, "left" if company.style == 3 else "right"),
    ]
    return [*blocks, *_addressee(company)]


def _addressee(company: Company) -> list[Block]:
    font = company.font
    if company.style == 0:
        codes = (f"Scrip Code: {company.code}", f"Symbol: {company.symbol}")
        columns = [[f"To,\n{_BSE}\n{codes[0]}", f"To,\n{_NSE}\n{codes[1]}"]]
        return [Table(columns, (50, 50), header_rows=0, font=font, size=10, ruled=False)]
    if company.style == 3:
        return [Text(f"The Manager – CRD\n{_BSE}", font), Text(f"Security Code: {company.code}", bold(font))]
    code = f"Scrip Code: {company.code}      ISIN: {company.isin}"
    return [Text(f"To,\n{_BSE}", font), Text(code, bold(font))]


def closing(company: Company, signatory: str = "") -> list[Block]:
    """Closing words, the company's name, and who signs (``Name | Title``; the company secretary when empty)."""
    name, _, title = (signatory or f"{company.secretary} | Company Secretary & Compliance Officer").partition(
        "|"
    )
    words = _CLOSINGS[company.style].format(web=company.web)
    signed = f"{name.strip()}\n{title.strip()}"
    return [
        Gap(4),
        Text(words, company.font, gap=5),
        Text(f"For {company.name}", bold(company.font), gap=22),
        Text(signed, company.font),
    ]
