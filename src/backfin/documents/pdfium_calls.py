"""PDFium's calls as plain numbers in and out: thousands of them a page, with nothing in between.

``pypdfium2`` gives every call its types, which costs more than the call. Handles are addresses here; results go
to an array of our own. Reader processes only.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

_INT, _ADDRESS = ctypes.c_int, ctypes.c_void_p


def _plain(name: str, result: Any, *arguments: Any) -> Any:
    address = ctypes.cast(getattr(pdfium, name), _ADDRESS).value
    assert address is not None
    return ctypes.CFUNCTYPE(result, *arguments)(address)


_char_box = _plain("FPDFText_GetLooseCharBox", _INT, _ADDRESS, _INT, _ADDRESS)
_char_unicode = _plain("FPDFText_GetUnicode", ctypes.c_uint, _ADDRESS, _INT)
_char_object = _plain("FPDFText_GetTextObject", _ADDRESS, _ADDRESS, _INT)
_object_at = _plain("FPDFPage_GetObject", _ADDRESS, _ADDRESS, _INT)
_form_object_at = _plain("FPDFFormObj_GetObject", _ADDRESS, _ADDRESS, ctypes.c_ulong)
_type = _plain("FPDFPageObj_GetType", _INT, _ADDRESS)
_bounds = _plain("FPDFPageObj_GetBounds", _INT, *[_ADDRESS] * 5)
_fill = _plain("FPDFPageObj_GetFillColor", _INT, *[_ADDRESS] * 5)
_draw_mode = _plain("FPDFPath_GetDrawMode", _INT, _ADDRESS, _ADDRESS, _ADDRESS)
_render_mode = _plain("FPDFTextObj_GetTextRenderMode", _INT, _ADDRESS)

#: Left, bottom, right, top in the page's own space, where up is up.
Bounds = tuple[float, float, float, float]


def address_of(handle: Any) -> int:
    """The address behind a handle of pypdfium2."""
    return ctypes.cast(getattr(handle, "raw", handle), _ADDRESS).value or 0


def char_boxes(text_page: int, numbers: Sequence[int]) -> list[Bounds]:
    """Boxes of characters, as high as their font and as wide as their advance."""
    count = len(numbers)
    boxes = (ctypes.c_float * (4 * count))()
    first = ctypes.addressof(boxes)
    _exhaust(map(_char_box, repeat(text_page), numbers, range(first, first + 16 * count, 16)))
    flat = list(boxes)
    # The structure's order is left, top, right, bottom.
    return list(zip(flat[0::4], flat[3::4], flat[2::4], flat[1::4], strict=True))


def char_codes(text_page: int, count: int) -> list[int]:
    """Unicode of each character."""
    return list(map(_char_unicode, repeat(text_page), range(count)))


def char_objects(text_page: int, numbers: Sequence[int]) -> list[int | None]:
    """Address of the object that draws each character; ``None`` for one that PDFium made up."""
    return list(map(_char_object, repeat(text_page), numbers))


def objects_of(page: int, count: int) -> list[int]:
    """Addresses of the first ``count`` objects of a page, in the order they are drawn."""
    return list(map(_object_at, repeat(page), range(count)))


def form_objects_of(form: int, count: int) -> list[int]:
    """Addresses of the first ``count`` objects of a form."""
    return list(map(_form_object_at, repeat(form), range(count)))


def types_of(objects: Sequence[int]) -> list[int]:
    """Kind of each object."""
    return list(map(_type, objects))


def render_modes_of(objects: Sequence[int]) -> list[int]:
    """How each text object is drawn: 3 is not at all."""
    return list(map(_render_mode, objects))


def bounds_of(objects: Sequence[int]) -> list[Bounds]:
    """Bounds of each object in the page's own space; zeros where PDFium has none."""
    count = len(objects)
    values = (ctypes.c_float * (4 * count))()
    first = ctypes.addressof(values)
    places = [range(first + 4 * n, first + 4 * n + 16 * count, 16) for n in range(4)]
    _exhaust(map(_bounds, objects, *places))
    flat = list(values)
    return list(zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True))


def fills_of(objects: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Fill of each object: red, green, blue, opacity, from 0 to 255; opaque black where PDFium has none."""
    count = len(objects)
    values = (ctypes.c_uint * (4 * count))(*(0, 0, 0, 255) * count)
    first = ctypes.addressof(values)
    places = [range(first + 4 * n, first + 4 * n + 16 * count, 16) for n in range(4)]
    _exhaust(map(_fill, objects, *places))
    flat = list(values)
    return list(zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True))


def draw_modes_of(paths: Sequence[int]) -> list[tuple[bool, bool]]:
    """Of each path, whether it is filled and whether its outline is drawn."""
    count = len(paths)
    values = (_INT * (2 * count))()
    first = ctypes.addressof(values)
    places = [range(first + 4 * n, first + 4 * n + 8 * count, 8) for n in range(2)]
    _exhaust(map(_draw_mode, paths, *places))
    flat = list(values)
    return [(fill != 0, stroke != 0) for fill, stroke in zip(flat[0::2], flat[1::2], strict=True)]


def _exhaust(calls: Any) -> None:
    for _ in calls:
        pass
