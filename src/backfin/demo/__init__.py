"""The bundled sample day: fictional companies, their filings, and the true facts of each."""

from __future__ import annotations

from backfin.demo.day import DayPaths, DemoDay, SampleWatch, load_day, write_day
from backfin.demo.rows import DAY

__all__ = ["DAY", "DayPaths", "DemoDay", "SampleWatch", "load_day", "write_day"]
