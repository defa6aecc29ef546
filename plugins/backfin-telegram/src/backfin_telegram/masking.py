"""Keeps the bot's token out of what people see: the Bot API has it in the address of every request."""

from __future__ import annotations

import logging
import re

#: A token as @BotFather gives it: the bot's id and a secret.
TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{10,}")

_IN_PATH = re.compile(r"(/bot\d{1,20}(?::|%3A))[A-Za-z0-9_-]+", re.IGNORECASE)

#: The logger under which the HTTP library names the path of every request.
_HTTP_LOGGER = "urllib3.connectionpool"


def mask(text: str) -> str:
    """A text whose bot addresses have no secret.

    >>> mask("POST /bot123456:AAF-secret_secret/sendMessage")
    'POST /bot123456:**********/sendMessage'
    """
    return _IN_PATH.sub(r"\1**********", text)


class _MaskingFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites lines that hold a token; all are let through."""
        message = record.getMessage()
        masked = mask(message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True


_FILTER = _MaskingFilter()


def mask_http_log() -> None:
    """Masks tokens in the lines of the HTTP library, at whatever level the host application logs them."""
    logging.getLogger(_HTTP_LOGGER).addFilter(_FILTER)
