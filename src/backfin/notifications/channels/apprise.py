"""The apprise channel: more than a hundred services through the optional package ``apprise``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from backfin.errors import ConfigError, NotConfigured, NotifierUnavailable
from backfin.models import Alert, Digest, Receipt
from backfin.notifications.addresses import bad_address, mask, scheme_of
from backfin.notifications.render import SUBJECT_CHARS, Rendered, render, render_digest_within

#: Services that are plain web requests to any host; the signed webhook channel serves those, guarded.
_WEB_REQUESTS = ("form", "forms", "json", "jsons", "xml", "xmls", "file")


class AppriseNotifier:
    """Hands alerts to apprise, one address a call."""

    name = "apprise"
    schemes: tuple[str, ...] = ("apprise",)
    accepts_token = False

    def check(self, address: str) -> None:
        """Refuses what apprise does not understand.

        Raises:
            ConfigError: With a sentence that shows good addresses.
            NotConfigured: Apprise is not installed.
        """
        _service(address)

    def send(self, alert: Alert, address: str) -> Receipt:
        """Hands the alert to the service behind the address.

        Raises:
            NotifierUnavailable: The service did not take it; apprise does not say why.
            ConfigError: Apprise does not understand the address.
            NotConfigured: Apprise is not installed.
        """
        return _notify(_service(address), render(alert), address)

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        """Hands the digest over likewise, with as many filings as the service takes in one message."""
        service = _service(address)
        # Services without titles put them into the text.
        room_chars = service[0].body_maxlen - SUBJECT_CHARS
        return _notify(service, render_digest_within(digest, room_chars), address)


def _notify(service: Any, rendered: Rendered, address: str) -> Receipt:
    try:
        is_taken = service.notify(body=rendered.text, title=rendered.subject, body_format="text")
    except (OSError, TypeError, ValueError) as error:
        raise NotifierUnavailable(f"{mask(address)} did not take the message ({error}).") from error
    if not is_taken:
        raise NotifierUnavailable(f"{mask(address)} did not take it; check its token and target.")
    return Receipt()


def _service(address: str) -> Any:
    if scheme_of(address) != "apprise":
        raise bad_address(address, "is not an apprise: address")
    url = address.partition(":")[2]
    if url.partition(":")[0].lower() in _WEB_REQUESTS:
        raise bad_address(address, "is a plain web request, for which https://… is the address")
    service = _apprise().Apprise()
    if not service.add(url) or len(service) != 1:
        raise ConfigError(
            f"Apprise does not understand {mask(address)} as one target; "
            "write apprise: and one URL from its list of services."
        )
    return service


def _apprise() -> Any:
    try:
        return import_module("apprise")
    except ImportError as error:
        raise NotConfigured("apprise: addresses need: pip install 'backfin[apprise]'.") from error
