"""Options and filter chains of enhanced films."""

from pathlib import Path
from typing import Any

import pytest

from sluice.errors import InvalidRequest
from sluice.kinds import validated_options
from sluice.kinds.enhancement import EnhancementOptions, refuse
from sluice.kinds.enhancement.command import cleaned, picture_filters
from sluice.media import MediaInfo
from tests.builders import a_picture, a_sound, audio_stream, media_info, video_stream


def options(**values: Any) -> EnhancementOptions:
    return EnhancementOptions.model_validate(values)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "options.picture"),
        ({"picture": {"denoise": "extreme"}}, "options.picture.denoise"),
        ({"picture": {"frame_rate": 0}}, "options.picture.frame_rate"),
        ({"picture": {"frame_rate": "30/0"}}, "options.picture.frame_rate"),
        ({"picture": {"sharpen": "low", "frame_rate_method": "motion"}}, "options.picture.frame_rate_method"),
        ({"sound": {"loudness": 0}}, "options.sound.loudness"),
        ({"sound": {"reverb": "low"}}, "options.sound.reverb"),
    ],
)
def test_an_impossible_option_is_refused_by_its_path(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validated_options("enhancement", asked)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("asked", "media", "code"),
    [
        ({"picture": {"denoise": "low"}}, a_picture(), "source_is_picture"),
        ({"picture": {"denoise": "low"}}, a_sound(), "source_has_no_video"),
        ({"sound": {"denoise": "low"}}, media_info(audio=()), "source_has_no_audio"),
        ({"picture": {"upscale": 480}}, media_info(), "upscale_too_small"),
        (
            {"picture": {"frame_rate": 60, "frame_rate_method": "motion"}},
            media_info(video=(video_stream(width=3840, height=2160),)),
            "source_too_large",
        ),
        ({"picture": {"upscale": 1080}}, media_info(), None),
    ],
)
def test_what_cannot_apply_is_refused(asked: dict[str, Any], media: MediaInfo, code: str | None) -> None:
    refusal = refuse(options(**asked), media)

    assert (refusal.code if refusal else None) == code


def test_a_picture_is_repaired_before_it_is_enlarged_and_sharpened_after() -> None:
    every = options(
        picture={
            "deblock": "low", "denoise": "low", "stabilize": "low", "levels": "low", "contrast": 1.1, "upscale": 1080,
            "sharpen": "low", "frame_rate": "60000/1001", "frame_rate_method": "blend",
        }
    ).picture  # fmt: skip

    chain = ",".join(picture_filters(every, video_stream(), Path("motions.trf")))

    wanted = [
        "deblock",
        "hqdn3d",
        "vidstabtransform",
        "normalize",
        "eq=contrast=1.1",
        "1920:1080",
        "cas",
        "minterpolate",
    ]
    places = [chain.index(part) for part in wanted]
    assert places == sorted(places)


def test_what_was_not_asked_for_is_not_done() -> None:
    chain = picture_filters(options(picture={"saturation": 0}).picture, video_stream(), None)

    assert chain == ["scale=1280:720:flags=bicubic", "setsar=1", "format=yuv420p", "eq=saturation=0", "format=yuv420p"]


def test_voices_are_lifted_in_stereo_only() -> None:
    asked = options(sound={"dialogue": "high"}).sound

    assert any("dialoguenhance" in part for part in cleaned(asked, audio_stream(channels=6)))
    assert not any("dialoguenhance" in part for part in cleaned(asked, audio_stream(channels=1)))
