"""Plain values ↔ DynamoDB items. The one place where floats become Decimals and back."""

from collections.abc import Mapping
from decimal import Context, Decimal
from math import isfinite
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

_SERIALIZER = TypeSerializer()
_DESERIALIZER = TypeDeserializer()
# DynamoDB keeps 38 digits; seventeen tell every float from its neighbours.
_DIGITS = Context(prec=17)


def to_item(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A low-level item; members that are None are left out, deeper ones are kept as nulls.

    Raises: TypeError for values that JSON couldn't hold either.
    """
    return {name: _SERIALIZER.serialize(_decimals(value)) for name, value in plain.items() if value is not None}


def to_value(value: Any) -> Any:
    """One attribute value, as expressions need it."""
    return _SERIALIZER.serialize(_decimals(value))


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(_DESERIALIZER.deserialize(value)) for name, value in item.items()}


def _decimals(value: Any) -> Any:
    if isinstance(value, float):
        if not isfinite(value):
            raise TypeError(f"{value} is no number that can be kept")
        return _DIGITS.create_decimal_from_float(value)
    if isinstance(value, Mapping):
        return {key: _decimals(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_decimals(inner) for inner in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
