"""Real services for the integration tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from backfin.broker import BackfinRedisBroker, build_broker
from backfin.documents.reading import Reader, built_in_readers
from backfin.documents.tesseract import Tesseract, find_tesseract
from backfin.embedded import EmbeddedServer
from backfin.settings import DocumentSettings, Settings
from brokers import emptied
from postgres_server import new_database, postgres_server, programs_or_skip


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server: the one of ``TEST_POSTGRES_URL``, else one started for the tests."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with postgres_server(programs_or_skip()) as server:
        yield server.url


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """URL of an empty database that lives as long as the test."""
    with new_database(postgres) as url:
        yield url


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Redis that the tests of a module share."""
    with EmbeddedServer(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture
def broker(server_url: str) -> Iterator[BackfinRedisBroker]:
    """Our broker on that Redis, emptied."""
    built = build_broker(Settings(redis_url=server_url))
    with emptied(built):
        yield built


@pytest.fixture(scope="session")
def tesseract() -> Tesseract:
    """The ``tesseract`` of this machine, with English and Hindi."""
    found = find_tesseract()
    if found is not None and found.among("eng+hin+osd") == ["eng", "hin", "osd"]:
        return found
    why = "tesseract with the languages eng, hin and osd is missing: install tesseract-ocr and tesseract-ocr-hin"
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture
def make_reader() -> Iterator[Callable[..., Reader]]:
    """Makes readers with the given settings and closes them after the test."""
    with ExitStack() as stack:
        yield lambda **limits: stack.enter_context(closing(reader_with(**limits)))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """A reader of text layers, shared by the tests of a module."""
    with closing(reader_with(ocr=False)) as made:
        yield made


def reader_with(**limits: object) -> Reader:
    settings = DocumentSettings.model_validate(limits)
    return Reader(built_in_readers(settings), settings)
