"""The words of ittybit's two generations: kinds, options and statuses, and the version that a caller speaks. Pure.

From 2025-08-20 (SDK 1.0.0), and from its design document, whose statuses are ours.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from sluice.errors import InvalidRequest
from sluice.tasks import Status

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST = "2025-08-20"

# What ittybit calls otherwise; kinds of one name are ours.
KINDS: Mapping[str, str] = {
    "adaptive_video": "adaptive",
    "speech": "subtitles",
    "thumbnails": "sprite",
    "nsfw": "moderation",
    "ingest": "metadata",
}
NOT_SUPPORTED = ("conditions", "http")

# Options by ittybit's name → by ours.
_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "video": {"format": "container", "bitrate": "video_bitrate"},
    "image": {"start": "time"},
    "sprite": {"width": "tile_width", "interval": "interval_seconds"},
    "subtitles": {"format": "formats"},
    "chapters": {"format": "formats"},
}
_IMAGE_QUALITY = {"very_low": 40, "low": 60, "medium": 75, "high": 85, "very_high": 95}
_AUDIO_BITRATE = {"very_low": 48_000, "low": 96_000, "medium": 128_000, "high": 192_000, "very_high": 256_000}

_STATUS_2025 = {
    Status.WAITING: "pending",
    Status.VALIDATING: "waiting",
    Status.QUEUED: "waiting",
    Status.PROCESSING: "processing",
    Status.FINISHING: "processing",
    Status.SUCCEEDED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


class Version(Enum):
    """OWN: no version was asked for. FIRST: 2025-08-20 or before. LATER: ittybit's generation after that."""

    OWN = "own"
    FIRST = "first"
    LATER = "later"


def version_of(accept_version: str | None) -> Version:
    """The generation that `Accept-Version` asks for: a date, or `latest`."""
    asked = (accept_version or "").strip().lower()
    if _DATE.fullmatch(asked):
        return Version.FIRST if asked <= _FIRST else Version.LATER
    return Version.LATER if asked == "latest" else Version.OWN


def status_for(status: Status, version: Version) -> str:
    return _STATUS_2025[status] if version is Version.FIRST else status.value


def kind_of(name: str, field: str = "kind") -> str:
    """Our kind for one of ittybit's.

    Raises: InvalidRequest `not_supported` for what is no work on a file.
    """
    if name in NOT_SUPPORTED:
        raise InvalidRequest(f"The kind {name!r} is not supported here.", field=field, code="not_supported")
    return KINDS.get(name, name)


def options_of(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of our kind by our names. One that is there already under our name is left alone, and refused later."""
    names = _OPTIONS.get(kind, {})
    renamed = {names[n] if n in names and names[n] not in options else n: v for n, v in options.items()}
    if kind == "adaptive" and renamed.get("format") in ("hls", "dash"):
        del renamed["format"]  # both are made, always
    if kind == "audio" and renamed.get("format") == "aac":
        renamed["format"] = "m4a"
    if isinstance(formats := renamed.get("formats"), str):
        renamed["formats"] = [formats]
    return _qualities(kind, renamed)


def _qualities(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    quality = options.get("quality")
    if not isinstance(quality, str):
        return options
    if kind == "image" and quality in _IMAGE_QUALITY:
        return {**options, "quality": _IMAGE_QUALITY[quality]}
    if kind == "audio" and quality in _AUDIO_BITRATE and "bitrate" not in options:
        rest = {name: value for name, value in options.items() if name != "quality"}
        # what is kept without loss has no bitrate to choose
        lossless = options.get("format") in ("wav", "flac")
        return rest if lossless else {**rest, "bitrate": _AUDIO_BITRATE[quality]}
    return options


def subtasks_of(steps: list[Any], field: str) -> list[dict[str, Any]]:
    """A list of steps with `next` ones as subtasks in one row, each after the one that it was next to.

    Raises: InvalidRequest naming the step that can't be carried out.
    """
    found: list[dict[str, Any]] = []
    _collect(steps, field, None, found)
    return found


def _collect(steps: Any, field: str, before: int | None, found: list[dict[str, Any]]) -> None:
    if not isinstance(steps, list):
        raise InvalidRequest(f"{field}: a list of steps is wanted.", field=field)
    for place, step in enumerate(steps):
        path = f"{field}.{place}"
        if not isinstance(step, dict) or not isinstance(step.get("kind"), str):
            raise InvalidRequest(f"{path}.kind: a step has a kind.", field=f"{path}.kind")
        if len(found) >= 50 or path.count(".next") > 20:
            raise InvalidRequest(f"{path}: too many steps.", field=path)
        kind = kind_of(step["kind"], f"{path}.kind")
        nested = step.get("options") or {}
        if not isinstance(nested, dict):
            raise InvalidRequest(f"{path}.options: an object is wanted.", field=f"{path}.options")
        flat = {n: v for n, v in step.items() if n not in {"kind", "ref", "next", "options"}}
        found.append(
            {"kind": kind, "options": options_of(kind, {**flat, **nested}), "after": [before] if before else []}
        )
        if isinstance(step.get("ref"), str):
            found[-1]["ref"] = step["ref"][:100]
        if step.get("next") is not None:
            _collect(step["next"], f"{path}.next", len(found), found)
