"""The table of kinds. Adding one: a folder here, a line below, a state in the workflow, a line in its function."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from sluice.errors import InvalidRequest
from sluice.kinds.base import Kind, Options
from sluice.paths import first_mistake


class _Kinds(Mapping[str, Kind]):
    """By name. A kind is loaded when it is asked for: the dispatcher needs those of one workflow, and starts sooner."""

    NAMES = (
        "video",
        "adaptive",
        "audio",
        "enhancement",
        "quality",
        "image",
        "screenshot",
        "sprite",
        "animation",
        "metadata",
        "moderation",
        "discovery",
        "description",
        "outline",
        "prompt",
        "chapters",
        "subtitles",
    )

    def __getitem__(self, name: str) -> Kind:
        if name not in self.NAMES:
            raise KeyError(name)
        kind: Kind = import_module(f"sluice.kinds.{name}").KIND
        return kind

    def __iter__(self) -> Iterator[str]:
        return iter(self.NAMES)

    def __len__(self) -> int:
        return len(self.NAMES)

    def __contains__(self, name: object) -> bool:
        return name in self.NAMES


KINDS: Mapping[str, Kind] = _Kinds()


def kind_named(name: str, *, path: str = "kind") -> Kind:
    """The kind of this name.

    Raises: InvalidRequest `kind_unknown`.
    """
    if name not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise InvalidRequest(f"There is no kind {name!r}; there are {known}.", field=path, code="kind_unknown")
    return KINDS[name]


def validated_options(kind: str, options: Mapping[str, Any], *, path: str = "") -> dict[str, Any]:
    """The options as they will be used, defaults filled in, plain enough for the record.

    Raises: InvalidRequest whose `field` is the path of the first bad option; `provider_off` for a kind that this
    deployment doesn't do.
    """
    prefix = f"{path}." if path else ""
    chosen = kind_named(kind, path=f"{prefix}kind")
    if reason := chosen.unavailable():
        raise InvalidRequest(reason, field=f"{prefix}kind", code="provider_off")
    try:
        model: Options = chosen.options.model_validate(options)
    except ValidationError as error:
        where, message = first_mistake(error, options)
        field = f"{prefix}options.{where}".rstrip(".")
        raise InvalidRequest(f"{field}: {message}.", field=field, code="options_invalid") from error
    return model.model_dump(mode="json")
