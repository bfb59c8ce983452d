"""ffmpeg's arguments from an upright picture to its format. Pure."""

from pathlib import Path

from sluice.ffmpeg.filters import resized
from sluice.geometry import Geometry
from sluice.kinds.image import ImageOptions
from sluice.media import Size
from sluice.pictures import Color, avif_quantiser, encoder, pixels

# The formats that can't be seen through.
_OPAQUE = frozenset({"jpeg"})
# libaom's speeds go from 0 to 8; this one takes under a second for a megapixel.
_AVIF_SPEED = "6"


def converted(options: ImageOptions, geometry: Geometry, has_alpha: bool, target: Path) -> list[str]:
    """Everything after the input of one upright picture."""
    graph, streams = _graph(options, geometry, has_alpha)
    return [
        *("-filter_complex", ";".join(graph), *(part for name in streams for part in ("-map", f"[{name}]"))),
        *("-map_metadata", "-1", "-frames:v", "1", *_encoder(options), str(target)),
    ]


def animated(options: ImageOptions, video_index: int, geometry: Geometry, target: Path) -> list[str]:
    """Every frame of a moving GIF."""
    chain = ",".join([f"[0:{video_index}]format=rgba", *resized(geometry, background=options.background)])
    if options.format == "gif":
        return ["-filter_complex", f"{chain},{_palette()}", *_still_timing(), "-f", "gif", "-loop", "0", str(target)]
    return [
        *("-filter_complex", chain, *_still_timing(), "-c:v", "libwebp_anim"),
        *("-quality", str(options.quality), "-f", "webp", "-loop", "0", str(target)),
    ]


def _still_timing() -> list[str]:
    return ["-fps_mode", "passthrough", "-map_metadata", "-1"]


def _graph(options: ImageOptions, geometry: Geometry, has_alpha: bool) -> tuple[list[str], list[str]]:
    """The parts of the filter graph, and the names of the streams that come out."""
    seen_through = has_alpha or (options.format not in _OPAQUE and len(options.background) > 7)
    color = Color.ALPHA if seen_through else Color.OPAQUE
    chain = [f"[0:v]format={color}", *resized(geometry, background=options.background)]
    if seen_through and options.format in _OPAQUE:
        chain, color = _flattened(chain, options.background[:7], geometry.size), Color.OPAQUE
    return _finished(options, ",".join(chain), color, geometry.size)


def _flattened(chain: list[str], background: str, size: Size) -> list[str]:
    canvas = f"color=c={background}:s={size.width}x{size.height}:r=1,format=rgb24[canvas]"
    return [f"{canvas};{','.join(chain)}[picture];[canvas][picture]overlay=format=rgb:shortest=1", "format=rgb24"]


def _finished(options: ImageOptions, chain: str, color: Color, size: Size) -> tuple[list[str], list[str]]:
    if options.format == "gif":
        return [f"{chain},{_palette()}[out]"], ["out"]
    if options.format == "avif":
        return _avif(chain, color, size)
    return [",".join([chain, *pixels(options.format, color)]) + "[out]"], ["out"]


def _avif(chain: str, color: Color, size: Size) -> tuple[list[str], list[str]]:
    """AVIF has its alpha in a grey picture of its own."""
    # a single row or column has no place for halved colour
    chroma = "yuv444p" if min(size) == 1 else "yuv420p"
    yuv = f"scale=out_color_matrix=bt601:out_range=pc,format={chroma},setparams=range=pc:colorspace=smpte170m[out]"
    if color is Color.OPAQUE:
        return [f"{chain},{yuv}"], ["out"]
    parts = [f"{chain},split[color][see]", f"[color]format=rgba,format=rgb24,{yuv}"]
    # libaom wants a matrix named for grey as well
    alpha = "[see]format=rgba,alphaextract,format=gray,setparams=range=pc:colorspace=smpte170m[alpha]"
    return [*parts, alpha], ["out", "alpha"]


def _palette() -> str:
    """A palette for each frame, so that none has to be kept until the last has been seen."""
    return "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1"


def _encoder(options: ImageOptions) -> list[str]:
    if options.format == "gif":
        return ["-c:v", "gif", "-f", "gif"]
    if options.format == "avif":
        crf = str(avif_quantiser(options.quality))
        return [
            *("-c:v", "libaom-av1", "-still-picture", "1", "-crf", crf, "-b:v", "0", "-cpu-used", _AVIF_SPEED),
            *("-f", "avif"),
        ]
    return [*encoder(options.format, options.quality), "-f", "image2", "-update", "1"]
