"""What is well and what ails: one finding for each thing backfin depends on."""

from backfin.diagnosis.checks import diagnose
from backfin.diagnosis.finding import Finding

__all__ = ["Finding", "diagnose"]
