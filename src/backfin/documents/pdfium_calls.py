"""PDFium's calls as plain numbers in and out: thousands of them a page, with nothing in between.

``pypdfium2`` gives every call its types, which costs more than the call. Handles are addresses here; results go
to an array of our own. Reader processes only.
"""

from __future__ import annotations

import ctypes
import math
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import compress, repeat
from typing import Any

import pypdfium2.raw as pdfium

_INT, _ADDRESS = ctypes.c_int, ctypes.c_void_p


def _plain(name: str, result: Any, *arguments: Any) -> Any:
    address = ctypes.cast(getattr(pdfium, name), _ADDRESS).value
    assert address is not None
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


_char_box = _plain("FPDFText_GetLooseCharBox", _INT, _ADDRESS, _INT, _ADDRESS)
_char_unicode = _plain("FPDFText_GetUnicode", ctypes.c_uint, _ADDRESS, _INT)
_char_object = _plain("FPDFText_GetTextObject", _ADDRESS, _ADDRESS, _INT)
_object_at = _plain("FPDFPage_GetObject", _ADDRESS, _ADDRESS, _INT)
_form_object_at = _plain("FPDFFormObj_GetObject", _ADDRESS, _ADDRESS, ctypes.c_ulong)
_type = _plain("FPDFPageObj_GetType", _INT, _ADDRESS)
_bounds = _plain("FPDFPageObj_GetBounds", _INT, *[_ADDRESS] * 5)
_fill = _plain("FPDFPageObj_GetFillColor", _INT, *[_ADDRESS] * 5)
_font_size = _plain("FPDFTextObj_GetFontSize", _INT, _ADDRESS, _ADDRESS)
_matrix = _plain("FPDFPageObj_GetMatrix", _INT, _ADDRESS, _ADDRESS)
_clip_path = _plain("FPDFPageObj_GetClipPath", _ADDRESS, _ADDRESS)
_count_clips = _plain("FPDFClipPath_CountPaths", _INT, _ADDRESS)
_count_segments = _plain("FPDFPath_CountSegments", _INT, _ADDRESS)
_count_form_objects = _plain("FPDFFormObj_CountObjects", _INT, _ADDRESS)
_picture_bytes = _plain("FPDFImageObj_GetImageDataRaw", ctypes.c_ulong, _ADDRESS, _ADDRESS, ctypes.c_ulong)
_set_active = _plain("FPDFPageObj_SetIsActive", _INT, _ADDRESS, _INT)
_draw_mode = _plain("FPDFPath_GetDrawMode", _INT, _ADDRESS, _ADDRESS, _ADDRESS)
_stroke_width = _plain("FPDFPageObj_GetStrokeWidth", _INT, _ADDRESS, _ADDRESS)
_is_blended = _plain("FPDFPageObj_HasTransparency", _INT, _ADDRESS)
_count_marks = _plain("FPDFPageObj_CountMarks", _INT, _ADDRESS)
_mark_at = _plain("FPDFPageObj_GetMark", _ADDRESS, _ADDRESS, _INT)
_mark_name = _plain("FPDFPageObjMark_GetName", _INT, _ADDRESS, _ADDRESS, ctypes.c_ulong, _ADDRESS)
_render_mode = _plain("FPDFTextObj_GetTextRenderMode", _INT, _ADDRESS)

#: Marks of one object that are looked at, and bytes of a mark's name.
_MAX_MARKS, _NAME_BYTES = 8, 16
_NAME, _LENGTH = ctypes.create_string_buffer(_NAME_BYTES), ctypes.c_ulong()
_NAME_AT, _LENGTH_AT = ctypes.addressof(_NAME), ctypes.addressof(_LENGTH)

#: Left, bottom, right, top in the page's own space, where up is up.
Bounds = tuple[float, float, float, float]
#: The same of many things: all lefts, all bottoms, all rights, all tops.
Sides = tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]]


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


def sides_of(objects: Sequence[int]) -> Sides:
    """Bounds of all objects in the page's own space, side by side; zeros where PDFium has none."""
    values = (ctypes.c_float * (4 * len(objects)))()
    _exhaust(map(_bounds, objects, *_places(values, 4)))
    flat = values[:]
    return flat[0::4], flat[1::4], flat[2::4], flat[3::4]


def fills_of(objects: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Fill of each object: red, green, blue, opacity, from 0 to 255; opaque black where PDFium has none."""
    flat = _fills(objects)[:]
    return list(zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True))


def are_all_black(objects: Sequence[int]) -> bool:
    """Whether every object is filled with opaque black, as most text is."""
    return bytes(_fills(objects)) == _BLACK * len(objects)


#: Opaque black as PDFium writes it.
_BLACK = bytes((ctypes.c_uint * 4)(0, 0, 0, 255))


def _fills(objects: Sequence[int]) -> Any:
    values = (ctypes.c_uint * (4 * len(objects))).from_buffer_copy(_BLACK * len(objects))
    _exhaust(map(_fill, objects, *_places(values, 4)))
    return values


def _places(values: Any, parts: int) -> list[range]:
    """Addresses for calls that write ``parts`` values of four bytes each."""
    first, size = ctypes.addressof(values), ctypes.sizeof(values)
    return [range(first + 4 * part, first + 4 * part + size, 4 * parts) for part in range(parts)]


def font_scales_of(texts: Sequence[int]) -> list[float]:
    """Height of each text object's letters in points of its own space: size of the font times its matrix."""
    count = len(texts)
    sizes, matrices = (ctypes.c_float * count)(), (ctypes.c_float * (6 * count))()
    _exhaust(map(_font_size, texts, *_places(sizes, 1)))
    _exhaust(map(_matrix, texts, _places(matrices, 6)[0]))
    flat = matrices[:]
    return [
        abs(size) * math.hypot(across, up)
        for size, across, up in zip(sizes[:], flat[2::6], flat[3::6], strict=True)
    ]


def matrix_of(item: int) -> tuple[float, float, float, float, float, float]:
    """The matrix by which a form's space becomes that of what it stands in."""
    values = (ctypes.c_float * 6)(1, 0, 0, 1, 0, 0)
    _matrix(item, ctypes.addressof(values))
    a, b, c, d, e, f = values
    return a, b, c, d, e, f


def clips_of(objects: Sequence[int]) -> list[int]:
    """By how many shapes each object is cut, the page itself not counted; below 0 for none."""
    return [max(count, 0) for count in map(_count_clips, map(_clip_path, objects))]


def blended_among(objects: Sequence[int]) -> set[int]:
    """The objects that are drawn through a mask, sheer, or mixed with what lies below them."""
    flags = list(map(_is_blended, objects))
    return set(compress(objects, flags)) if any(flags) else set()


def optional_among(objects: Sequence[int]) -> set[int]:
    """The objects that belong to a layer of the file, which may be switched off."""
    counts = list(map(_count_marks, objects))
    found: set[int] = set()
    for number in range(min(max(counts, default=0), _MAX_MARKS)):
        marked = [item for item, count in zip(objects, counts, strict=True) if count > number]
        marks = list(map(_mark_at, marked, repeat(number)))
        # Objects of one run share their marks, so that few names have to be asked for.
        optional = {mark for mark in set(marks) if _name_of(mark) == "OC"}
        if optional:
            found.update(item for item, mark in zip(marked, marks, strict=True) if mark in optional)
    return found


def _name_of(mark: int) -> str:
    _mark_name(mark, _NAME_AT, _NAME_BYTES, _LENGTH_AT)
    return _NAME.raw[: min(_LENGTH.value, _NAME_BYTES)].decode("utf-16-le", "replace").rstrip("\x00")


def stroke_widths_of(paths: Sequence[int]) -> list[float]:
    """Width of each path's outline in points of its own space."""
    values = (ctypes.c_float * len(paths))()
    _exhaust(map(_stroke_width, paths, *_places(values, 1)))
    return values[:]


def corners_of(paths: Sequence[int]) -> list[int]:
    """Number of segments of each path."""
    return list(map(_count_segments, paths))


def picture_sizes_of(pictures: Sequence[int]) -> list[int]:
    """Bytes of each picture as the file holds it."""
    return [int(_picture_bytes(picture, None, 0)) for picture in pictures]


def count_in_form(form: int) -> int:
    """Number of objects in a form."""
    return max(int(_count_form_objects(form)), 0)


def set_active(objects: Iterable[int], is_active: bool) -> None:
    """Whether objects are drawn from now on."""
    for item in objects:
        _set_active(item, int(is_active))


def draw_modes_of(paths: Sequence[int]) -> list[tuple[bool, bool]]:
    """Of each path, whether it is filled and whether its outline is drawn."""
    count = len(paths)
    values = (_INT * (2 * count))()
    _exhaust(map(_draw_mode, paths, *_places(values, 2)))
    flat = values[:]
    return [(fill != 0, stroke != 0) for fill, stroke in zip(flat[0::2], flat[1::2], strict=True)]


def _exhaust(calls: Iterable[Any]) -> None:
    deque(calls, maxlen=0)
