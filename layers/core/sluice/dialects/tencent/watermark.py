"""WatermarkSet: a picture told by RawParameter, as the watermark of our kind `video`. Pure.

https://www.tencentcloud.com/document/api/1041/33690 (WatermarkInput, RawWatermarkParameter, RawImageWatermarkInput)
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sluice.dialects.tencent.errors import Refusal, bad_value, missing, unsupported
from sluice.dialects.tencent.models import MediaInput, RawWatermark, Watermark, WatermarkPicture
from sluice.dialects.tencent.places import Places, source_of

_CORNERS: Mapping[str, str] = {
    "TopLeft": "top_left",
    "TopRight": "top_right",
    "BottomLeft": "bottom_left",
    "BottomRight": "bottom_right",
}
_LENGTH = re.compile(r"(\d{1,4}(\.\d{1,3})?)(%|px)", re.ASCII)
_MOST = {"%": 100.0, "px": 4096.0}


def options(given: Sequence[Watermark], path: str, places: Places) -> dict[str, Any]:
    """Raises: Refusal naming the parameter."""
    if len(given) > 1:
        raise unsupported(f"{path}.1", "a film has one watermark")
    if given[0].Definition:
        message = f"{path}.0.Definition: there is no template {given[0].Definition}; say it by RawParameter."
        raise Refusal("ResourceNotFound.TemplateNotExist", message)
    raw, here = given[0].RawParameter, f"{path}.0.RawParameter"
    if raw is None:
        raise missing(here)
    if raw.Type != "image":
        raise bad_value(f"{here}.Type", "it is image")
    if raw.ImageTemplate is None:
        raise missing(f"{here}.ImageTemplate")
    picture = f"{here}.ImageTemplate"
    return {
        "file": {"key": _key(raw.ImageTemplate.ImageContent, f"{picture}.ImageContent", places)},
        "position": _corner(raw, here),
        "x": _length(raw.XPos or "0px", f"{here}.XPos"),
        "y": _length(raw.YPos or "0px", f"{here}.YPos"),
        "opacity": 1,
        **_size(raw.ImageTemplate, picture),
    }


def _corner(raw: RawWatermark, path: str) -> str:
    origin = raw.CoordinateOrigin or "TopLeft"
    if origin not in _CORNERS:
        raise bad_value(f"{path}.CoordinateOrigin", f"it is one of {', '.join(_CORNERS)}")
    return _CORNERS[origin]


def _size(picture: WatermarkPicture, path: str) -> dict[str, str]:
    """A height of nought keeps the picture's shape."""
    width = _length(picture.Width or "10%", f"{path}.Width")
    height = _length(picture.Height or "0px", f"{path}.Height")
    if _is_nought(width):
        raise bad_value(f"{path}.Width", "it is more than nought")
    return {"width": width} if _is_nought(height) else {"width": width, "height": height}


def _length(text: str, path: str) -> str:
    """As our kind has it too."""
    found = _LENGTH.fullmatch(text)
    if found is None or float(found[1]) > _MOST[found[3]] or (found[2] and found[3] == "px"):
        raise bad_value(path, "it is such as 10% or 100px, at most 100% or 4096px")
    return f"{float(found[1]):g}{found[3]}"


def _is_nought(length: str) -> bool:
    return length in {"0%", "0px"}


def _key(given: MediaInput, path: str, places: Places) -> str:
    source = source_of(given, places, path)
    if source.key is None:
        raise unsupported(f"{path}.Type", "a watermark lies in the media bucket; a URL isn't fetched for it")
    return source.key
