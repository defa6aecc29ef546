"""Declares backfin's actors when Django is ready, on the broker the project names."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string

from backfin import Backfin


class DeskConfig(AppConfig):
    """The application. ``settings.BACKFIN`` names what makes backfin, ``settings.BROKER`` the broker."""

    name = "desk"
    backfin: Backfin

    def ready(self) -> None:
        """Called once by Django, before the first request."""
        self.backfin = import_string(settings.BACKFIN)()
        self.backfin.open()
        self.backfin.declare(import_string(settings.BROKER))
