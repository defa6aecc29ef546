"""The section ``[plugin.telegram]``."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, SecretStr

from backfin_telegram.masking import TOKEN


def _token(value: SecretStr) -> SecretStr:
    if not TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("the token does not look like one of @BotFather, e.g. 123456:ABC-DEF…")
    return value


def _api_url(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise ValueError("write the address of a Bot API server, e.g. https://api.telegram.org")
    return value.rstrip("/")


class TelegramConfig(BaseModel):
    """Settings of this plugin.

    ``token`` is what @BotFather gave you; without it the plugin is off. ``api_url`` is the server that speaks the
    Bot API; it may be private, because you wrote it.
    """

    token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    api_url: Annotated[str, AfterValidator(_api_url)] = "https://api.telegram.org"
