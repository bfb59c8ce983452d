"""Malformed and malicious files, all made here: real clips with faults put into them, and attacks written by hand."""

import random
from collections.abc import Mapping
from pathlib import Path

from tests.clips import Clips
from tests.hostile import elements, films, others, pictures, references, sounds
from tests.hostile.attack import Attack, Lures
from tests.hostile.mutations import mutated

_PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.6")
_TONE = ("-f", "lavfi", "-i", "sine=440:d=0.6")
_STILL = (*_PICTURE, "-frames:v", "1")
_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "5")
# name of the file: how it is made
_ORIGINALS: Mapping[str, tuple[str, ...]] = {
    "film.mp4": (*_PICTURE, *_TONE, *_X264, "-c:a", "aac"),
    "fragments.mp4": (*_PICTURE, *_TONE, *_X264, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"),
    "hevc.mp4": (*_PICTURE, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
    "film.mov": (*_PICTURE, *_TONE, "-c:v", "mpeg4", "-c:a", "pcm_s16le"),
    "film.mkv": (*_PICTURE, *_TONE, *_X264, "-c:a", "flac"),
    "film.webm": (*_PICTURE, *_TONE, "-c:v", "libvpx", "-c:a", "libopus"),
    "film.ts": (*_PICTURE, *_TONE, *_X264, "-c:a", "aac"),
    "film.flv": (*_PICTURE, *_TONE, *_X264, "-c:a", "aac"),
    "film.avi": (*_PICTURE, *_TONE, "-c:v", "mpeg4", "-c:a", "libmp3lame"),
    "sound.mp3": _TONE,
    "sound.flac": _TONE,
    "sound.ogg": (*_TONE, "-c:a", "libvorbis"),
    "sound.wav": _TONE,
    "picture.png": _STILL,
    "picture.jpg": _STILL,
    "picture.webp": (*_STILL, "-c:v", "libwebp"),
    "moving.gif": _PICTURE,
}
SEED = 6
_A_CLIP = 9


def originals(clips: Clips) -> dict[str, Path]:
    """The clips that are damaged, by name."""
    return {name: clips.make(name, *arguments) for name, arguments in _ORIGINALS.items()}


def mutations(clips: Clips, *, each: int = _A_CLIP) -> list[Attack]:
    """Every clip in so many damaged versions, each clip beginning with another fault; always the same ones."""
    return [
        Attack(f"{name} {fault} {number}", content, "mutation")
        for first, (name, path) in enumerate(originals(clips).items())
        for number in range(first, first + each)
        for fault, content in [mutated(path.read_bytes(), random.Random(f"{SEED} {name} {number}"), number)]
    ]


def handmade(clips: Clips, lures: Lures) -> list[Attack]:
    """The attacks, each against one weakness."""
    film = originals(clips)["film.mp4"].read_bytes()
    return [
        *references.attacks(film, lures),
        *films.attacks(film),
        *elements.attacks(originals(clips)["film.mkv"].read_bytes(), lures),
        *pictures.attacks(originals(clips)["picture.jpg"].read_bytes()),
        *sounds.attacks(originals(clips)["sound.mp3"].read_bytes(), lures),
        *others.attacks(lures),
    ]
