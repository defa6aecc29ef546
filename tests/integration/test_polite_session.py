"""What exchange plugins use of the polite session: visits for cookies, and a transport of their own."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from pytest_httpserver import HTTPServer
from requests.adapters import BaseAdapter
from werkzeug import Response

from backfin.errors import EgressRefused, ExchangeUnavailable
from backfin.exchanges import EgressGuard, PoliteSession
from backfin.pacing import LocalPacer


def session(**more: Any) -> PoliteSession:
    headers = {"User-Agent": "tests"}
    settings: dict[str, Any] = {"interval_s": 0, "cooldown_s": 60, "timeout_s": 2, "allow": ("localhost",)}
    return PoliteSession(LocalPacer(), headers=headers, **{**settings, **more})


def test_a_visit_takes_the_cookies_of_a_page_that_says_no(httpserver: HTTPServer) -> None:
    answer = Response("no", 403)
    for line in (
        "_abck=1~A=; Domain=.nseindia.com; Path=/; Secure",
        "bm_sz=2; Max-Age=14400",
        "gone=; Max-Age=0",
    ):
        answer.headers.add("Set-Cookie", line)
    httpserver.expect_request("/page").respond_with_response(answer)
    httpserver.expect_request("/feed").respond_with_data("fine")
    polite = session()

    assert polite.visit(httpserver.url_for("/page")) == {"_abck": "1~A=", "bm_sz": "2"}
    assert polite.visit(httpserver.url_for("/page"))  # a second no is no block: the host stays open
    assert polite.get(httpserver.url_for("/feed")).content == b"fine"
    assert "Cookie" not in httpserver.log[-1][0].headers


def test_a_form_is_sent_in_as_a_page_does(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/page", method="POST").respond_with_data("a,b")
    polite = session()

    answer = polite.get(httpserver.url_for("/page"), form={"__VIEWSTATE": "/wE=", "day": "1 July"})

    assert answer.content == b"a,b"
    assert httpserver.log[-1][0].form.to_dict() == {"__VIEWSTATE": "/wE=", "day": "1 July"}


def test_a_visit_of_a_host_that_is_down_is_no_answer() -> None:
    with pytest.raises(ExchangeUnavailable):
        session().visit("http://localhost:1/")


def test_a_transport_carries_the_requests_and_has_the_guard() -> None:
    class Refusing(BaseAdapter):
        def __init__(self, guard: EgressGuard) -> None:
            super().__init__()
            self.guard = guard

        def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
            self.guard.check_url(str(request.url))
            raise requests.exceptions.ConnectTimeout("nobody is there")

        def close(self) -> None:
            """Nothing is open."""

    polite = session(transport=Refusing)

    with pytest.raises(ExchangeUnavailable) as caught:
        polite.get("https://public.example/")
    assert caught.value.facts["fault"] == "timeout"
    with pytest.raises(EgressRefused):
        polite.get("http://127.0.0.1/")
