"""What a dialect carries out and what it refuses: docs/dialects.md is made of these rows, tests try every example."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Feature:
    """`name` as the dialect's own documents spell it. `example` is a piece of a request that asks for it: translating
    it works when `supported`, and is refused by that name when not. `note` says how, or why not.
    """

    name: str
    supported: bool
    note: str
    example: Mapping[str, Any] = field(default_factory=dict)
