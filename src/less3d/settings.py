"""Settings dataclasses as JSON text and back, strictly: what a reader does not know is refused, never ignored."""

import dataclasses
import json
import types
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from less3d.errors import InputError

_Settings = TypeVar("_Settings")
_UNIONS = (Union, types.UnionType)


def to_json(settings: object) -> str:
    """A dataclass of numbers, texts, truth values, tuples of them, and further such dataclasses, as JSON text."""
    return json.dumps(dataclasses.asdict(settings))  # pyright: ignore[reportArgumentType]


def from_json(kind: type[_Settings], text: str) -> _Settings:
    """The settings that `to_json` wrote. A setting that is absent has its default.

    Raises:
        InputError: when a setting is unknown or of another type, or the settings contradict each other.
    """
    try:
        return _value(kind, json.loads(text), kind.__name__)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{kind.__name__}: {error}") from error


def _value(kind: Any, given: Any, place: str) -> Any:
    """What JSON gave as a `kind`; `place` names it in errors."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in _UNIONS and isinstance(given, dict):
        return _value(next(filter(dataclasses.is_dataclass, arguments), dict), given, place)
    if dataclasses.is_dataclass(kind) and isinstance(given, dict):
        return _dataclass(kind, given, place)
    if origin is tuple and isinstance(given, list):
        kinds = arguments[:1] * len(given) if arguments[1:] == (...,) else arguments
        if len(kinds) == len(given):
            return tuple(_value(*pair, place) for pair in zip(kinds, given, strict=True))
    if kind is float and type(given) is int:
        return float(given)
    allowed = arguments if origin in _UNIONS else (kind,)
    choices = [choice for one in allowed if get_origin(one) is Literal for choice in get_args(one)]
    if type(given) in allowed or given in choices:
        return given
    expected = ", ".join(map(repr, choices)) if choices else getattr(kind, "__name__", kind)
    raise InputError(f"{place}: expected {expected}, got {given!r}")


def _dataclass(kind: Any, given: dict[str, Any], place: str) -> Any:
    kinds = get_type_hints(kind)
    unknown = sorted(set(given) - {field.name for field in dataclasses.fields(kind)})
    if unknown:
        raise InputError(f"{place}: no such setting: {', '.join(unknown)}")
    values = {name: _value(kinds[name], item, f"{place}.{name}") for name, item in given.items()}
    required = (field.name for field in dataclasses.fields(kind) if field.default is field.default_factory)
    if missing := [name for name in required if name not in values]:
        raise InputError(f"{place}: expected {', '.join(missing)}, got no such setting")
    return kind(**values)
