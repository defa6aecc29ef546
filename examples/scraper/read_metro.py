"""Serves two saved pages from this machine, and lets backfin read them through the plugin in ``plugins/``."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from backfin.testing import make_app, run_exchange

HERE = Path(__file__).resolve().parent


class Quiet(SimpleHTTPRequestHandler):
    """Serves the pages, and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(HERE / "site"))) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {
        "plugins": {"folder": HERE / "plugins"},
        "plugin": {"metro": {"url": f"http://127.0.0.1:{server.server_port}"}},
    }
    with make_app(settings=settings) as app:
        record = app.plugins.find("metro")
        assert record is not None
        print(f"plugin {record.name}: {record.state}, {', '.join(record.components)}")
        run_exchange(app, "metro")
        for item in app.store.announcements.search(limit=10).items:
            print(
                item["announcement_id"],
                item["state"],
                item["category"],
                "|",
                item["issuer_name"] or "not read",
            )
    server.shutdown()
