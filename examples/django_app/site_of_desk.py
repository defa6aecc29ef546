"""A Django project in one file, and a visit to it."""

from __future__ import annotations

import shutil

import django
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import path

from backfin import Backfin
from backfin.testing import run_exchange

if not settings.configured:
    settings.configure(
        INSTALLED_APPS=["desk"],
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["testserver"],
        BROKER="desk.work.broker",
        BACKFIN="desk.work.make_backfin",
    )
    django.setup()

from desk.views import filing
from desk.work import broker

urlpatterns = [path("filings/<str:key>", filing)]

if __name__ == "__main__":
    backfin = apps.get_app_config("desk").backfin
    print(f"the broker carries backfin: {Backfin.of(broker) is backfin}")
    run_exchange(backfin, "fake")
    for key in ("fake:1", "fake:2"):
        answer = Client().get(f"/filings/{key}")
        print(answer.status_code, answer.json())
    backfin.close()
    shutil.rmtree(backfin.settings.home)
