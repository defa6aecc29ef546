"""What the sections of the settings are made of: their base, and types of values that several use."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import NoDecode

from backfin.clock import time_of_text, zone_of_text
from backfin.hosts import host_or_network
from backfin.settings.webhook_keys import webhook_keys


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


#: Reads a text with commas as a tuple: ``Annotated[tuple[Kind, ...], COMMA_SEPARATED]``.
COMMA_SEPARATED = BeforeValidator(_split)

#: A list that the environment writes with commas.
Names = Annotated[tuple[str, ...], NoDecode, COMMA_SEPARATED]

#: The same where "not set" differs from "empty".
OptionalNames = Annotated[tuple[str, ...] | None, NoDecode, COMMA_SEPARATED]


def _checked_hosts(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        host_or_network(name)
    return names


def _checked_secret(secret: SecretStr | None) -> SecretStr | None:
    if secret is not None:
        webhook_keys(secret.get_secret_value())
    return secret


def _checked_time(text: str) -> str:
    return f"{time_of_text(text):%H:%M}"


def _checked_zone(name: str) -> str:
    return zone_of_text(name).key


#: A time of day, ``HH:MM``.
TimeOfDay = Annotated[str, AfterValidator(_checked_time)]

#: The name of a time zone.
ZoneName = Annotated[str, AfterValidator(_checked_zone)]

#: Hosts and networks.
Hosts = Annotated[Names, AfterValidator(_checked_hosts)]

#: What signs webhooks.
WebhookSecret = Annotated[SecretStr | None, AfterValidator(_checked_secret)]


def _checked_unsubscribe_url(url: str | None) -> str | None:
    if url is None:
        return None
    if not _HTTPS.fullmatch(url) or url.count("{token}") != 1:
        raise ValueError(
            "write an address like https://alerts.example.in/unsubscribe/{token}, with one {token}"
        )
    return url


_HTTPS = re.compile(r"https://[^\s/<>\"]+/[^\s<>\"]*", re.ASCII)

#: An address that a person unsubscribes at, with the place of the token.
UnsubscribeUrl = Annotated[str | None, AfterValidator(_checked_unsubscribe_url)]

#: An address of the web.
WebUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+")]


class Section(BaseModel):
    """Base of the nested sections: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
