"""Makes the attachments of the sample day. The same filing always gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from importlib import resources

from backfin.demo.companies import Company
from backfin.demo.filings import Filing
from backfin.demo.markup import pages_of
from backfin.testing.pdf import make_pdf, scanned

#: An encryption dictionary whose password nobody knows.
_LOCK = b"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O <%b> /U <%b> >>" % (b"5a" * 32, b"c3" * 32)


def attachment_of(filing: Filing, company: Company) -> bytes:
    """The bytes of a filing's attachment."""
    if filing.asset:
        return resources.files("backfin.demo").joinpath("files", filing.asset).read_bytes()
    if filing.kind in ("html", "xml"):
        return filing.document.strip().encode()
    pdf = make_pdf(pages_of(filing.document, company))
    if filing.scan:
        pdf = make_pdf(scanned(pdf))
    if filing.damage == "truncated":
        return pdf[: len(pdf) // 3]
    if filing.damage == "encrypted":
        return _locked(pdf)
    return _zipped(pdf) if filing.kind == "zip" else pdf


def _locked(pdf: bytes) -> bytes:
    """A PDF that asks for a password which does not exist."""
    mark = b"<< /Size"
    lock = mark.replace(b"<<", b"<< /Encrypt %b /ID [<%b> <%b>]" % (_LOCK, b"11" * 16, b"11" * 16))
    return pdf.replace(mark, lock)


def _zipped(pdf: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(zipfile.ZipInfo("Newspaper_Cutting.pdf"), pdf)
    return buffer.getvalue()
