"""Words that options take, written out here because the modules that own them take long to import."""

from __future__ import annotations

from typing import Literal

FromStep = Literal["scrape", "read", "enrich", "investors", "match"]
Only = Literal["missing", "failed", "all"]
PhaseWord = Literal["flash", "enriched", "both"]
CadenceWord = Literal["instant", "digest"]
ExportKind = Literal["announcements", "enrichments", "mentions", "deliveries"]
ExportFormat = Literal["jsonl", "csv", "parquet"]
PluginKind = Literal["exchange", "notifier", "prompts"]
SplitWord = Literal["tune", "held_out", "all"]
