import pytest
from pydantic import ValidationError

from sluice.kinds.image import ImageOptions, is_animated, refuse
from sluice.media import MediaInfo
from tests.builders import a_picture, a_sound, media_info, video_stream


def options(**given: object) -> ImageOptions:
    return ImageOptions.model_validate(given)


def a_gif(duration: float = 2.0) -> MediaInfo:
    return media_info(container="gif", demuxer="gif", duration=duration, audio=())


@pytest.mark.parametrize("fit", ["cover", "fill", "pad"])
def test_a_fit_needs_a_box_of_two_sides(fit: str) -> None:
    with pytest.raises(ValidationError, match="needs both"):
        options(fit=fit, width=100)


@pytest.mark.parametrize("background", ["red", "#fff", "#ffffff:x=1", "ffffff"])
def test_a_background_is_written_as_digits(background: str) -> None:
    with pytest.raises(ValidationError):
        options(background=background)


@pytest.mark.parametrize(
    ("given", "media", "code"),
    [
        ({}, a_sound(), "source_has_no_video"),
        ({"time": 1}, a_picture(), "source_is_picture"),
        ({"time": 10.5}, media_info(), "time_past_end"),
        ({"format": "webp"}, media_info(video=(video_stream(width=20_000, height=100),)), "limit_exceeded"),
        ({"format": "webp"}, a_gif(61), "limit_exceeded"),
    ],
)
def test_what_only_the_probe_knows_is_refused(given: dict[str, object], media: MediaInfo, code: str) -> None:
    failure = refuse(options(**given), media)

    assert failure and failure.code == code


@pytest.mark.parametrize(
    ("given", "media"),
    [
        ({}, a_picture()),
        ({"time": "100%"}, media_info()),
        ({"format": "jpeg"}, a_gif(61)),
        ({"format": "webp", "width": 1000}, media_info(video=(video_stream(width=20_000, height=100),))),
    ],
)
def test_what_can_be_done_is_not_refused(given: dict[str, object], media: MediaInfo) -> None:
    assert refuse(options(**given), media) is None


def test_a_moving_gif_stays_so_only_where_it_can_and_no_frame_was_asked_for() -> None:
    assert is_animated(options(format="webp"), a_gif())
    assert not is_animated(options(format="png"), a_gif())
    assert not is_animated(options(format="webp", time=1), a_gif())
    assert not is_animated(options(format="webp"), media_info())
