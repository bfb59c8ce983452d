"""Enhanced films, judged by measuring them against what they should look and sound like."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sluice.jobs import JobResult
from sluice.kinds.enhancement.run import run
from tests.bench import Bench
from tests.clips import Clips

Enhance = Callable[..., Path]

_CLEAN = "testsrc2=s=320x180:r=25:d=1"
_LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p")


@pytest.fixture
def clean(clips: Clips) -> Path:
    return clips.make("clean.mp4", "-f", "lavfi", "-i", _CLEAN, *_LOSSLESS)


@pytest.fixture
def perform(bench: Bench) -> Callable[..., JobResult]:
    def perform(source: Path, **options: Any) -> JobResult:
        result = bench.perform(bench.validated(source, kind="enhancement", quality="very_high", **options), run)
        assert result.failure is None, result.failure
        return result

    return perform


@pytest.fixture
def enhance(bench: Bench, perform: Callable[..., JobResult]) -> Enhance:
    def enhance(source: Path, **options: Any) -> Path:
        return bench.made(perform(source, **options).outputs[0])

    return enhance


def measured(clips: Clips, pattern: str, *arguments: object) -> float:
    """The last number that ffmpeg's log has at the pattern."""
    command: list[str | Path] = [
        clips.programs / "ffmpeg",
        "-hide_banner",
        "-nostats",
        *map(str, arguments),
        "-f",
        "null",
        "-",
    ]
    log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return float(re.findall(pattern, log)[-1])


def psnr(clips: Clips, made: Path, reference: Path) -> float:
    """Decibels."""
    return measured(clips, r"average:([\d.]+)", "-i", made, "-i", reference, "-lavfi", "psnr")


def luma(clips: Clips, path: Path, name: str) -> float:
    """YMIN, YAVG or YMAX of the last frame."""
    return measured(clips, rf"{name}=([\d.]+)", "-i", path, "-vf", "signalstats,metadata=print")


@pytest.mark.parametrize(("strength", "decibels"), [("low", 1), ("medium", 4), ("high", 5)])
def test_denoising_comes_nearer_to_the_clean_picture(
    strength: str, decibels: float, enhance: Enhance, clips: Clips
) -> None:
    # a picture with more surface than lines, as films have
    smooth = clips.make("smooth.mp4", "-f", "lavfi", "-i", "gradients=s=320x180:r=25:d=1:seed=3", *_LOSSLESS)
    noisy = clips.make("noisy.mp4", "-i", str(smooth), "-vf", "noise=alls=8:allf=t:all_seed=1", *_LOSSLESS)

    made = enhance(noisy, picture={"denoise": strength})

    assert psnr(clips, made, smooth) > psnr(clips, noisy, smooth) + decibels


def test_deblocking_comes_nearer_to_the_clean_picture(enhance: Enhance, clips: Clips) -> None:
    smooth = clips.make("smooth.mp4", "-f", "lavfi", "-i", "gradients=s=320x180:r=25:d=1:seed=3", *_LOSSLESS)
    blocky = clips.make("blocky.mp4", "-i", str(smooth), "-c:v", "mpeg4", "-q:v", "31", "-pix_fmt", "yuv420p")

    made = enhance(blocky, picture={"deblock": "high"})

    assert psnr(clips, made, smooth) > psnr(clips, blocky, smooth)


def test_sharpening_brings_back_some_of_what_a_blur_took(enhance: Enhance, clips: Clips, clean: Path) -> None:
    soft = clips.make("soft.mp4", "-i", str(clean), "-vf", "gblur=sigma=0.8", *_LOSSLESS)

    made = enhance(soft, picture={"sharpen": "medium"})

    assert psnr(clips, made, clean) > psnr(clips, soft, clean) + 0.3


def test_levels_stretch_a_flat_picture(enhance: Enhance, clips: Clips, clean: Path) -> None:
    flat = clips.make("flat.mp4", "-i", str(clean), "-vf", "eq=contrast=0.4:saturation=0.4", *_LOSSLESS)

    made = enhance(flat, picture={"levels": "high"})

    def spread(path: Path) -> float:
        return luma(clips, path, "YMAX") - luma(clips, path, "YMIN")

    assert spread(made) > spread(flat) + 40


def test_brightness_brightens(enhance: Enhance, clips: Clips, clean: Path) -> None:
    made = enhance(clean, picture={"brightness": 0.2})

    assert luma(clips, made, "YAVG") > luma(clips, clean, "YAVG") + 20


@pytest.mark.parametrize("method", ["motion", "blend", "repeat"])
def test_frames_are_added_up_to_the_rate(method: str, enhance: Enhance, clips: Clips, clean: Path) -> None:
    look = clips.look(enhance(clean, picture={"frame_rate": 50, "frame_rate_method": method}))

    assert look.video["r_frame_rate"] == "50/1"
    assert int(look.video["nb_read_frames"]) == pytest.approx(50, abs=1)


def test_a_turned_phone_film_is_enlarged_upright(enhance: Enhance, clips: Clips) -> None:
    look = clips.look(enhance(clips.phone(), picture={"upscale": 360, "sharpen": "low"}))

    assert (look.size, look.rotation) == ((360, 640), 0)


def test_a_shaking_camera_is_steadied(enhance: Enhance, clips: Clips) -> None:
    scene = "mandelbrot=s=480x320:r=25:end_scale=0.3,trim=end=2"
    still = "crop=320:180:80+{0}*sin(n*1.7):70+{0}*cos(n*2.3)"
    shaking = clips.make("shaking.mp4", "-f", "lavfi", "-i", f"{scene},{still.format(6)}", *_LOSSLESS)

    made = enhance(shaking, picture={"stabilize": "medium"})

    def unrest(path: Path) -> float:
        """How much a frame differs from the one before it."""
        return measured(clips, r"YDIF=([\d.]+)", "-i", path, "-vf", "signalstats,tblend=average,metadata=print")

    assert unrest(made) < unrest(shaking) * 0.8


def test_hiss_is_taken_away_and_the_loudness_is_reached(enhance: Enhance, clips: Clips, clean: Path) -> None:
    tone = "aevalsrc='if(between(t,1,3),0.3*sin(2*PI*440*t),0)':s=48000:d=4"
    noise = "anoisesrc=r=48000:d=4:a=0.01:seed=5"
    film = clips.make(
        "hiss.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=128x72:r=5:d=4", "-f", "lavfi", "-i", tone, "-f", "lavfi", "-i", noise),
        *("-filter_complex", "[1][2]amix=normalize=0[a]", "-map", "0", "-map", "[a]", *_LOSSLESS, "-c:a", "aac"),
    )

    made = enhance(film, sound={"denoise": "high", "loudness": -20})

    def level(path: Path, filters: str) -> float:
        """RMS in decibels where only the noise is, or where the tone is."""
        return measured(clips, r"RMS level dB: (-?[\d.]+)", "-i", path, "-af", f"{filters},astats")

    def above_noise(path: Path) -> float:
        return level(path, "atrim=1.5:2.5") - level(path, "atrim=3.3:3.9")

    assert above_noise(made) > above_noise(film) + 6
    loudness = measured(clips, r"I:\s+(-?[\d.]+) LUFS", "-i", made, "-af", "ebur128")
    assert loudness == pytest.approx(-20, abs=0.7)


def test_what_cannot_apply_to_the_source_is_told(perform: Callable[..., JobResult], clean: Path) -> None:
    result = perform(clean, picture={"sharpen": "low"}, sound={"dialogue": "low"}).result

    assert result == {"applied": {"picture.sharpen": "low"}, "left_out": ["sound.dialogue"]}


def test_dialogue_is_lifted_over_what_comes_from_the_sides(enhance: Enhance, clips: Clips) -> None:
    voice = "aevalsrc='0.1*sin(2*PI*300*t)':s=48000:d=2"
    sides = "aevalsrc='0.1*sin(2*PI*2000*t)|-0.1*sin(2*PI*2000*t)':s=48000:d=2"
    film = clips.make(
        "dialogue.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=128x72:r=5:d=2", "-f", "lavfi", "-i", voice, "-f", "lavfi", "-i", sides),
        *("-filter_complex", "[1]pan=stereo|c0=c0|c1=c0[v];[v][2]amix=normalize=0[a]", "-map", "0", "-map", "[a]"),
        *(*_LOSSLESS, "-c:a", "aac"),
    )

    made = enhance(film, sound={"dialogue": "high"})

    def share(path: Path) -> float:
        """The voice's level over that of the sides, in decibels."""
        low, high = ("lowpass=600:p=2,lowpass=600:p=2", "highpass=1200:p=2,highpass=1200:p=2")
        levels = [
            measured(clips, r"RMS level dB: (-?[\d.]+)", "-i", path, "-af", f"{f},atrim=start=0.5,astats")
            for f in (low, high)
        ]
        return levels[0] - levels[1]

    assert share(made) > share(film) + 3
