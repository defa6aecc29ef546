"""Answers from backfin's store."""

from __future__ import annotations

from django.apps import apps
from django.http import HttpRequest, JsonResponse

from desk.apps import DeskConfig


def filing(request: HttpRequest, key: str) -> JsonResponse:
    """One filing as backfin read it."""
    desk = apps.get_app_config("desk")
    assert isinstance(desk, DeskConfig)
    enrichment = desk.backfin.store.enrichments.latest(key)
    if enrichment is None:
        return JsonResponse({"error": f"There is no filing {key}."}, status=404)
    return JsonResponse({"category": enrichment.category, "headline": enrichment.headline})
