"""What is drawn on a page: text, shapes, pictures, also inside forms. Reader processes only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from backfin.documents import pdfium_calls as calls
from backfin.documents.pdf_words import View
from backfin.documents.rulings import Place, Rulings, rulings_in

#: Objects of a page that are looked at.
MAX_OBJECTS = 20_000
#: Shapes of a page that are looked at for rules.
_MAX_SHAPES = 3000
#: A fill at least this light in every colour is paper.
_PAPER = 245


class Drawn(NamedTuple):
    """The objects of a page by kind, each as its address, in the order they are drawn."""

    total: int
    objects: Sequence[int]
    kinds: Sequence[int]

    @property
    def shapes(self) -> list[int]:
        """The paths."""
        return self.of_kind(pdfium.FPDF_PAGEOBJ_PATH)

    def of_kind(self, kind: int) -> list[int]:
        """The objects of one kind."""
        return [address for address, found in zip(self.objects, self.kinds, strict=True) if found == kind]


def drawn_on(page: Any) -> Drawn:
    """The first :data:`MAX_OBJECTS` objects of a page, those of its forms not among them."""
    count = pdfium.FPDFPage_CountObjects(page)
    objects = calls.objects_of(calls.address_of(page), min(max(count, 0), MAX_OBJECTS))
    return Drawn(count, objects, calls.types_of(objects))


def rulings_on(drawn: Drawn, view: View) -> Rulings:
    """The rules among the shapes of a page."""
    shapes = drawn.shapes[:_MAX_SHAPES]
    fills, modes = calls.fills_of(shapes), calls.draw_modes_of(shapes)
    bounds = calls.bounds_of(shapes)
    return rulings_in(
        place
        for box, fill, (_, has_outline) in zip(bounds, fills, modes, strict=True)
        if _is_rule(place := view.place(box), fill, has_outline)
    )


def _is_rule(place: Place, fill: tuple[int, int, int, int], has_outline: bool) -> bool:
    """Whether a shape is seen on paper; white boxes behind lines of text are not."""
    return has_outline or min(fill[:3]) < _PAPER
