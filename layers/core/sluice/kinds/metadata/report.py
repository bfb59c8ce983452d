"""From a probe's JSON to what is published and to its summary. Pure."""

from collections.abc import Mapping
from typing import Any

from sluice.media import MediaInfo

_TAG_LENGTH = 200
_TAGS = ("title", "artist", "album", "date", "creation_time", "encoder", "comment")


def without_address(found: Mapping[str, Any]) -> dict[str, Any]:
    """The probe without the address that it read: a signed URL is a secret."""
    form = {name: value for name, value in found.get("format", {}).items() if name != "filename"}
    return {**found, "format": form}


def summary(found: Mapping[str, Any], media: MediaInfo) -> dict[str, Any]:
    """What fits into the record: one line for each of the first streams is in the task's own `media`."""
    tags = {name.lower(): str(value)[:_TAG_LENGTH] for name, value in found.get("format", {}).get("tags", {}).items()}
    return {
        "container": media.container,
        "duration": media.duration,
        "bitrate": media.bitrate,
        "streams": len(found.get("streams", ())),
        "video_streams": len(media.video),
        "audio_streams": len(media.audio),
        "subtitle_streams": len(media.subtitles),
        "chapters": len(found.get("chapters", ())),
        "tags": {name: tags[name] for name in _TAGS if name in tags},
    }
