"""A page of a PDF as a picture for OCR. Reader processes only."""

from __future__ import annotations

import ctypes
import math

import pypdfium2
import pypdfium2.raw as pdfium

from backfin.documents.bitmap import MAX_PIXELS, Bitmap

#: Dots an inch: a scan's own, within these bounds.
_LEAST_DPI, _MOST_DPI = 200.0, 300.0
_POINTS_PER_INCH = 72
#: Objects of a page that are looked at for its scan.
_MAX_OBJECTS = 50


def render(data: bytes, index: int) -> Bitmap:
    """The page at ``index`` (from 0) as a reader sees it.

    Raises:
        pypdfium2.PdfiumError: It cannot be drawn.
    """
    with pypdfium2.PdfDocument(data) as document:
        page = document[index]
        try:
            return _drawn(page)
        finally:
            page.close()


def _drawn(page: pypdfium2.PdfPage) -> Bitmap:
    width, height = page.get_size()
    area = max(width * height, 1.0) / _POINTS_PER_INCH**2
    dpi = min(_dpi_of_scan(page), math.sqrt(0.95 * MAX_PIXELS / area))
    bitmap = page.render(scale=dpi / _POINTS_PER_INCH, grayscale=True)
    try:
        pixels = bytes(bitmap.buffer)
        rows = (
            pixels[at : at + bitmap.width] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride)
        )
        is_tight = bitmap.stride == bitmap.width
        return Bitmap(bitmap.width, bitmap.height, dpi, pixels if is_tight else b"".join(rows))
    finally:
        bitmap.close()


def _dpi_of_scan(page: pypdfium2.PdfPage) -> float:
    """The sharpest picture of the page decides: more dots than it has tell OCR nothing."""
    found = _LEAST_DPI
    for number in range(min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, number)
        metadata = pdfium.FPDF_IMAGEOBJ_METADATA()
        if pdfium.FPDFPageObj_GetType(
            item
        ) == pdfium.FPDF_PAGEOBJ_IMAGE and pdfium.FPDFImageObj_GetImageMetadata(
            item, page, ctypes.byref(metadata)
        ):
            found = max(found, metadata.horizontal_dpi)
    return min(found, _MOST_DPI)
