"""Filters that several kinds share, as the parts of a filter chain. Pure."""

from sluice.geometry import Geometry
from sluice.media import VideoStream

# Hable's curve over linear light, then BT.709: the chain of ffmpeg's own zscale documentation.
_TONE_MAP = (
    "zscale=transfer=linear:npl=100",
    "format=gbrpf32le",
    "zscale=primaries=bt709",
    "tonemap=hable:desat=0",
    "zscale=transfer=bt709:matrix=bt709:range=tv",
)
_TRANSFERS = {"hdr10": "smpte2084", "hlg": "arib-std-b67"}


def resized(geometry: Geometry, *, background: str = "black", flags: str = "bicubic") -> list[str]:
    """Scale, then cut or add bars in the background's colour; square pixels out.

    An odd size needs a pixel format without subsampled colour before this.
    """
    scaled, size = geometry
    too_large = scaled.width > size.width or scaled.height > size.height
    too_small = scaled.width < size.width or scaled.height < size.height
    return [
        f"scale={scaled.width}:{scaled.height}:flags={flags}",
        *([f"crop={size.width}:{size.height}"] if too_large else []),
        *([f"pad={size.width}:{size.height}:-1:-1:{background}"] if too_small else []),
        "setsar=1",
    ]


def deinterlaced(video: VideoStream) -> list[str]:
    """One whole frame for two fields, where frames are marked as interlaced; nothing for progressive film."""
    return ["bwdif=mode=send_frame:deint=interlaced"] if video.interlaced else []


def tone_mapped(video: VideoStream) -> list[str]:
    """HDR into the range of ordinary screens; nothing for film that is there already.

    zscale refuses what isn't tagged, and phones leave tags out: BT.2020 is what HDR is in.
    """
    if not video.hdr:
        return []
    tags = (
        f"setparams=color_primaries={video.color_primaries or 'bt2020'}"
        f":color_trc={video.color_transfer or _TRANSFERS.get(video.hdr, 'smpte2084')}"
        f":colorspace={video.color_space or 'bt2020nc'}"
    )
    complete = video.color_primaries and video.color_transfer and video.color_space
    return [*([] if complete else [tags]), *_TONE_MAP]
