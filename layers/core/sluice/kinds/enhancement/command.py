"""ffmpeg's arguments for an enhanced film: chains of filters, and the passes that look at it first. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from sluice.ffmpeg.escaping import escaped
from sluice.ffmpeg.filters import deinterlaced, tone_mapped
from sluice.kinds.enhancement import EnhancementOptions, PictureOptions, SoundOptions, Strength
from sluice.media import AudioStream, Size, VideoStream, even

_LOW, _MEDIUM, _HIGH = Strength

CRF = {"medium": 23, "high": 20, "very_high": 17}

# Each filter at three strengths, chosen by PSNR against clean originals (docs/decisions.md has the figures).
_DEBLOCK = {
    _LOW: "deblock=filter=weak:block=8",
    _MEDIUM: "deblock=filter=strong:block=8",
    _HIGH: "deblock=filter=strong:block=8:alpha=0.14:beta=0.08:gamma=0.07:delta=0.06",
}
_DENOISE = {_LOW: "hqdn3d=4:3:6:4.5", _MEDIUM: "hqdn3d=8:6:12:9", _HIGH: "hqdn3d=12:9:18:13.5"}
_SHARPEN = {_LOW: "cas=0.25", _MEDIUM: "cas=0.5", _HIGH: "cas=0.8"}
# Smoothed over a second and more, so that it doesn't flicker with what moves through the picture.
_LEVELS = {
    strength: f"normalize=smoothing=50:independence=0:strength={share}"
    for strength, share in {_LOW: 0.35, _MEDIUM: 0.65, _HIGH: 1.0}.items()
}
# Frames on either side that the camera's way is smoothed over; the steadied picture is zoomed to hide its edges.
_STABILIZE = {_LOW: 8, _MEDIUM: 15, _HIGH: 30}
_SHAKINESS = {_LOW: 4, _MEDIUM: 6, _HIGH: 9}
# minterpolate keeps a frame or two back at the end, so the last one is repeated for it.
_INTERPOLATE = "tpad=stop_mode=clone:stop=2,minterpolate=fps={rate}"
_MOTION: Mapping[str, str] = {
    "repeat": "fps={rate}",
    "blend": f"{_INTERPOLATE}:mi_mode=blend",
    "motion": f"{_INTERPOLATE}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1",
}

# Noise to take away and where its floor is taken to lie, in decibels. Never anlmdn, which crashes on some files.
_NOISE = {_LOW: "nr=10:nf=-45", _MEDIUM: "nr=16:nf=-40", _HIGH: "nr=24:nf=-35"}
# afftdn hands on at 48 kHz what it got 25 ms before, under the same stamps
_SOUND_DENOISE = "afftdn={},atrim=start_sample=1200,asetpts=PTS-STARTPTS"
_DIALOGUE = {_LOW: 1, _MEDIUM: 2, _HIGH: 3}


def encode(
    options: EnhancementOptions,
    video: VideoStream,
    audio: AudioStream | None,
    *,
    motions: Path | None,
    leveling: Sequence[str],
    target: Path,
) -> list[str]:
    """Everything after the input.

    `motions` is what the look at the camera's way found, `leveling` the filters that bring the sound to its loudness.
    """
    return [
        *("-map", f"0:{video.index}", *(("-map", f"0:{audio.index}") if audio else ()), "-sn", "-dn"),
        *("-vf", ",".join(picture_filters(options.picture, video, motions))),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", str(CRF[options.quality]), "-profile:v", "high"),
        *(sound(options.sound, audio, leveling) if audio else ["-an"]),
        *("-map_metadata", "-1", "-map_chapters", "-1"),
        *("-movflags", "+faststart", "-f", "mp4", str(target)),
    ]


# ── picture ───────────────────────────────────────────────────────────────────────────────────


def picture_filters(options: PictureOptions, video: VideoStream, motions: Path | None) -> list[str]:
    """Repair first, then steady, colour, enlarge, sharpen; new frames last, made from what is clean by then."""
    return [
        *upright(video),
        *([_DEBLOCK[options.deblock]] if options.deblock else []),
        *([_DENOISE[options.denoise]] if options.denoise else []),
        *([steadied(options.stabilize, motions)] if options.stabilize and motions else []),
        *([_LEVELS[options.levels]] if options.levels else []),
        *colors(options),
        *enlarged(options, video),
        *([_SHARPEN[options.sharpen]] if options.sharpen else []),
        *([_MOTION[options.frame_rate_method].format(rate=options.rate)] if options.rate else []),
        "format=yuv420p",
    ]


def upright(video: VideoStream) -> list[str]:
    """Whole frames of square pixels and even sides, in the range of ordinary screens; ffmpeg has turned it already."""
    size = _even(video.display_size)
    return [
        *deinterlaced(video),
        *tone_mapped(video),
        f"scale={size.width}:{size.height}:flags=bicubic",
        "setsar=1",
        "format=yuv420p",
    ]


def looking(strength: Strength, video: VideoStream, motions: Path) -> list[str]:
    """The first pass of stabilising: everything after the input."""
    detect = f"vidstabdetect=shakiness={_SHAKINESS[strength]}:accuracy=15:result={escaped(motions)}"
    filters = ",".join([*upright(video), detect])
    return ["-map", f"0:{video.index}", "-an", "-sn", "-dn", "-vf", filters, "-f", "null", "-"]


def steadied(strength: Strength, motions: Path) -> str:
    return f"vidstabtransform=input={escaped(motions)}:smoothing={_STABILIZE[strength]}:interpol=bicubic"


def colors(options: PictureOptions) -> list[str]:
    wanted = {name: getattr(options, name) for name in ("contrast", "brightness", "saturation", "gamma")}
    changed = {name: value for name, value in wanted.items() if value != PictureOptions.model_fields[name].default}
    return ["eq=" + ":".join(f"{name}={value:g}" for name, value in changed.items())] if changed else []


def enlarged(options: PictureOptions, video: VideoStream) -> list[str]:
    if options.upscale is None:
        return []
    size = video.display_size
    scale = Fraction(options.upscale, min(size))
    return [f"scale={even(size.width * scale)}:{even(size.height * scale)}:flags=lanczos+accurate_rnd"]


def _even(size: Size) -> Size:
    return Size(even(size.width), even(size.height))


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


def sound(options: SoundOptions, audio: AudioStream, leveling: Sequence[str]) -> list[str]:
    return ["-af", ",".join([*cleaned(options, audio), *leveling, "aresample=48000"]), "-c:a", "aac", "-b:a", "160000"]


def cleaned(options: SoundOptions, audio: AudioStream) -> list[str]:
    """At most two channels, without noise, voices lifted: all but the loudness, which is measured after it.

    dialoguenhance makes a centre out of left and right; it is folded back into them, raised.
    """
    mono = audio.channels == 1
    centre = "dialoguenhance=original=1:enhance={},pan=stereo|c0=0.7*c0+0.7*c2|c1=0.7*c1+0.7*c2"
    return [
        "aresample=48000:async=1:first_pts=0",
        f"aformat=channel_layouts={'mono' if mono else 'stereo'}",
        *([_SOUND_DENOISE.format(_NOISE[options.denoise])] if options.denoise else []),
        *([centre.format(_DIALOGUE[options.dialogue])] if options.dialogue and not mono else []),
    ]
