"""Sound as HLS (RFC 8216) without a picture: CMAF segments in a folder, the playlist of them, and a master playlist."""

from pathlib import Path

from sluice.kinds.adaptive.cmaf import Track
from sluice.kinds.adaptive.command import INIT, PLAYLIST, SEGMENT
from sluice.kinds.adaptive.hls import MASTER, VERSION, media_playlist
from sluice.kinds.adaptive.members import AudioMember, Members

FOLDER = "audio"
SEGMENT_SECONDS = 6.0

# The encoder's lead-in is cut off by us, so that no player has to mind an edit list: a clock that begins at nought.
LEAD_IN = ("atrim=start_sample=1024", "asetpts=PTS-STARTPTS")


def segments(folder: Path, seconds: float) -> list[str]:
    """ffmpeg's arguments for the segments and their init file. The playlist that it writes beside them isn't used."""
    return [
        *("-avoid_negative_ts", "disabled", "-f", "hls", "-hls_time", f"{seconds:.6f}"),
        *("-hls_playlist_type", "vod", "-start_number", "1"),
        *("-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", INIT),
        *("-hls_segment_options", "movflags=+cmaf:use_editlist=0"),
        *("-hls_segment_filename", str(folder / SEGMENT), str(folder / PLAYLIST)),
    ]


def playlists(track: Track, channels: int) -> dict[str, str]:
    """Both playlists by their names, the master last."""
    members = Members((), (AudioMember(FOLDER, track, None, "Sound", channels),), (), None)
    return {f"{FOLDER}.m3u8": media_playlist(FOLDER, track, members), MASTER: _master(track, members)}


def _master(track: Track, members: Members) -> str:
    peak, average = track.peak_bitrate(members.target), track.average_bitrate
    variant = f'BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},CODECS="{track.codec}"'
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    return "\n".join([*lines, f"#EXT-X-STREAM-INF:{variant}", f"{FOLDER}.m3u8", ""])
