"""Who is who: names of persons and bodies, compared and linked."""

from __future__ import annotations

from backfin.investors.compare import Comparison, compare
from backfin.investors.names import kind_of, normal_form

__all__ = ["Comparison", "compare", "kind_of", "normal_form"]
