"""Which keys there are: walks the settings model without a value in hand."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from backfin.settings.secrets import is_secret_key
from backfin.settings.sources import Key


def all_keys(model: type[BaseModel], above: Key = ()) -> Iterator[Key]:
    """Every key of a model that holds a value, sections left out, in the order of the model."""
    for name, field in model.model_fields.items():
        section = section_of(field)
        if section is None:
            yield (*above, name)
        else:
            yield from all_keys(section, (*above, name))


def section_of(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a section, ``None`` for a field that holds a value."""
    annotation: Any = field.annotation
    return annotation if inspect.isclass(annotation) and issubclass(annotation, BaseModel) else None


def field_at(model: type[BaseModel], key: Key) -> FieldInfo | None:
    """The field of a key, ``None`` where there is none (also inside free sections)."""
    field = model.model_fields.get(key[0]) if key else None
    if field is None or len(key) == 1:
        return field
    section = section_of(field)
    return field_at(section, key[1:]) if section else None


def is_known(model: type[BaseModel], key: Key) -> bool:
    """Whether a key exists, or lies in a section whose keys are free."""
    field = model.model_fields.get(key[0])
    if field is None:
        return model.model_config.get("extra") == "allow"
    if len(key) == 1:
        return True
    section = section_of(field)
    return is_known(section, key[1:]) if section else _holds_dict(field)


def children(model: type[BaseModel], key: Key) -> list[str]:
    """Names of the keys directly below a section."""
    field = field_at(model, key)
    section = section_of(field) if field else None
    return list((section or model).model_fields)


def is_secret(model: type[BaseModel], key: Key) -> bool:
    """Whether the value of a key must not be shown."""
    field = field_at(model, key)
    if field is None:
        return is_secret_key(key[-1])
    return SecretStr in (field.annotation, *get_args(field.annotation))


def _holds_dict(field: FieldInfo) -> bool:
    annotation: Any = field.annotation
    return getattr(annotation, "__origin__", annotation) is dict
