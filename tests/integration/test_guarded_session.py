"""A guarded session connects to the address that was checked, and follows nobody elsewhere."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from backfin import egress
from backfin.egress import GuardedAdapter, guarded_session
from backfin.errors import EgressRefused


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Makes names resolve to these answers in turn; returns the names that were asked for."""
    asked: list[str] = []
    waiting = iter(answers)

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(waiting)

    monkeypatch.setattr(egress.EgressGuard.__init__, "__kwdefaults__", {"resolve": resolve})
    return asked


def test_the_checked_address_is_the_one_that_is_connected(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/").respond_with_data("hello")
    asked = resolving(monkeypatch, ["10.0.0.1", "127.0.0.1"])

    with guarded_session(["127.0.0.1"]) as session:
        answer = session.get(f"http://pinned.example:{httpserver.port}/")

    assert answer.text == "hello"
    assert httpserver.log[0][0].headers["Host"] == f"pinned.example:{httpserver.port}"
    assert asked == ["pinned.example"]


def test_a_name_that_turns_private_later_is_refused(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, ["127.0.0.1"])

    with guarded_session() as session, pytest.raises(EgressRefused):
        session.get(f"http://rebound.example:{httpserver.port}/")

    assert httpserver.log == []


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("", 302, {"Location": "http://169.254.169.254/"})

    with guarded_session(["127.0.0.1"]) as session:
        answer = session.get(httpserver.url_for("/").replace("localhost", "127.0.0.1"), allow_redirects=True)

    assert answer.status_code == 302
    assert answer.history == []


def test_a_proxy_is_not_used(httpserver: HTTPServer) -> None:
    proxy = httpserver.url_for("").replace("localhost", "127.0.0.1")

    with guarded_session() as session, pytest.raises(EgressRefused):
        session.get("http://10.0.0.1/", proxies={"http": proxy})

    assert httpserver.log == []


def test_cookies_are_not_kept(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("", headers={"Set-Cookie": "a=b"})
    url = httpserver.url_for("/").replace("localhost", "127.0.0.1")

    with guarded_session(["127.0.0.1"]) as session:
        session.get(url)
        session.get(url)

    assert "Cookie" not in httpserver.log[1][0].headers


def test_tls_checks_the_name_and_not_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path, "pinned.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")
    resolving(monkeypatch, ["127.0.0.1"], ["127.0.0.1"])

    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        server.expect_request("/").respond_with_data("hello")
        with guarded_session(["127.0.0.1"]) as session:
            session.verify = str(certificate)
            answer = session.get(f"https://pinned.example:{server.port}/")
            with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
                session.get(f"https://other.example:{server.port}/")

    assert answer.text == "hello"


def test_a_missing_time_out_is_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(egress.HTTPAdapter, "send", lambda self, request, **kwargs: given.update(kwargs))

    adapter = GuardedAdapter(egress.EgressGuard())
    adapter.send(None)
    adapter.close()

    assert given["timeout"] == egress.DEFAULT_TIMEOUT_S


def self_signed(folder: Path, name: str) -> Path:
    """A certificate of one name that is its own authority."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate")
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True, timeout=60)
    return folder / "cert.pem"
