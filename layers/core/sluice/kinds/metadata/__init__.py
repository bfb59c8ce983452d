"""metadata: all that a probe says of the source, as JSON."""

from sluice.kinds.base import Kind, Options
from sluice.media import MediaInfo
from sluice.tasks import Failure


class MetadataOptions(Options):
    """There is nothing to choose: the probe is written down whole."""


def refuse(options: MetadataOptions, media: MediaInfo) -> Failure | None:
    """Whatever could be probed has metadata."""
    return None


KIND = Kind(
    name="metadata",
    state="Metadata",
    function="probe",
    summary="The full probe as JSON: format, streams, chapters and tags.",
    options=MetadataOptions,
    refuse=refuse,
)
