"""What is drawn on a page: text, shapes and pictures, those inside forms too. Reader processes only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from backfin.documents import pdfium_calls as calls
from backfin.documents.pdf_words import View
from backfin.documents.pdfium_calls import Bounds, Sides
from backfin.documents.rulings import Place, Rulings, rulings_in

TEXT, SHAPE, PICTURE, SHADING, FORM = (
    pdfium.FPDF_PAGEOBJ_TEXT,
    pdfium.FPDF_PAGEOBJ_PATH,
    pdfium.FPDF_PAGEOBJ_IMAGE,
    pdfium.FPDF_PAGEOBJ_SHADING,
    pdfium.FPDF_PAGEOBJ_FORM,
)

#: Objects of a page that are looked at, and forms in forms.
MAX_OBJECTS, _MAX_DEPTH = 20_000, 6
#: Shapes of a page that are looked at for rules.
_MAX_SHAPES = 3000
#: A fill at least this light in every colour is paper.
_PAPER = 245

Matrix = tuple[float, float, float, float, float, float]


class Drawn(NamedTuple):
    """The objects of a page in the order they are drawn, each as its address; forms are replaced by theirs.

    Args:
        objects: Addresses.
        kinds: Kind of each.
        matrices: By place in ``objects``: how the space of a form lies on the page, for what stands in one.
        veiled: Places of what stands in a form that is cut, blended or in a layer that may be switched off.
    """

    objects: Sequence[int]
    kinds: Sequence[int]
    matrices: Mapping[int, Matrix]
    veiled: frozenset[int] = frozenset()

    def ranks_of(self, *kinds: int) -> list[int]:
        """Places of the objects of these kinds."""
        return [rank for rank, kind in enumerate(self.kinds) if kind in kinds]

    def at(self, ranks: Sequence[int]) -> list[int]:
        """The objects at these places."""
        return [self.objects[rank] for rank in ranks]

    def bounds_at(self, ranks: Sequence[int]) -> list[Bounds]:
        """Bounds on the page of the objects at these places."""
        return list(zip(*self.sides_at(ranks), strict=True))

    def sides_at(self, ranks: Sequence[int]) -> Sides:
        """The same as all lefts, all bottoms, all rights and all tops."""
        found = calls.sides_of(self.at(ranks))
        if not self.matrices or not ranks:
            return found
        moved = (
            _moved(box, self.matrices[rank]) if rank in self.matrices else box
            for rank, box in zip(ranks, zip(*found, strict=True), strict=True)
        )
        lefts, bottoms, rights, tops = zip(*moved, strict=True)
        return lefts, bottoms, rights, tops


def drawn_on(page: Any) -> Drawn:
    """The first :data:`MAX_OBJECTS` objects of a page."""
    count = max(pdfium.FPDFPage_CountObjects(page), 0)
    objects = calls.objects_of(calls.address_of(page), min(count, MAX_OBJECTS))
    kinds = calls.types_of(objects)
    return _unfolded(objects, kinds) if FORM in kinds else Drawn(objects, kinds, {})


def _unfolded(objects: Sequence[int], kinds: Sequence[int]) -> Drawn:
    found: list[int] = []
    their_kinds: list[int] = []
    matrices: dict[int, Matrix] = {}
    veiled: set[int] = set()
    for item, kind, matrix, is_veiled in _inside(objects, kinds, None, False, _MAX_DEPTH):
        if len(found) >= MAX_OBJECTS:
            break
        if matrix is not None:
            matrices[len(found)] = matrix
        if is_veiled:
            veiled.add(len(found))
        found.append(item)
        their_kinds.append(kind)
    return Drawn(found, their_kinds, matrices, frozenset(veiled))


def _inside(
    objects: Sequence[int], kinds: Sequence[int], matrix: Matrix | None, is_veiled: bool, depth: int
) -> Iterator[tuple[int, int, Matrix | None, bool]]:
    for item, kind in zip(objects, kinds, strict=True):
        if kind != FORM or not depth:
            yield item, kind, matrix, is_veiled
            continue
        inner = calls.form_objects_of(item, min(calls.count_in_form(item), MAX_OBJECTS))
        own = calls.matrix_of(item)
        yield from _inside(
            inner,
            calls.types_of(inner),
            own if matrix is None else _both(own, matrix),
            is_veiled or _is_veiled(item),
            depth - 1,
        )


def _is_veiled(form: int) -> bool:
    return any(calls.clips_of([form])) or bool(calls.blended_among([form]) or calls.optional_among([form]))


def _both(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _moved(box: Bounds, matrix: Matrix) -> Bounds:
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in box[0::2] for y in box[1::2]]
    ys = [b * x + d * y + f for x in box[0::2] for y in box[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def rulings_on(drawn: Drawn, view: View) -> Rulings:
    """The rules among the shapes of a page."""
    ranks = drawn.ranks_of(SHAPE)[:_MAX_SHAPES]
    shapes = drawn.at(ranks)
    fills, modes = calls.fills_of(shapes), calls.draw_modes_of(shapes)
    return rulings_in(
        place
        for box, fill, (_, has_outline) in zip(drawn.bounds_at(ranks), fills, modes, strict=True)
        if _is_rule(place := view.place(box), fill, has_outline)
    )


def _is_rule(place: Place, fill: tuple[int, int, int, int], has_outline: bool) -> bool:
    """Whether a shape is seen on paper; white boxes behind lines of text are not."""
    return has_outline or min(fill[:3]) < _PAPER
