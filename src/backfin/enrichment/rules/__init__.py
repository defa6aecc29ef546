"""Rules: a deterministic reading without any model. The enricher is in :mod:`backfin.enrichment.rules.enricher`."""
