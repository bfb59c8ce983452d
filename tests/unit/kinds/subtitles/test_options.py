from typing import Any

import pytest

from sluice.errors import InvalidRequest
from sluice.kinds import validated_options
from sluice.kinds.subtitles import KIND, SubtitlesOptions
from sluice.media import MediaInfo
from tests.builders import a_sound, audio_stream, media_info


def refusal(media: MediaInfo) -> str | None:
    failure = KIND.refuse(SubtitlesOptions(), media)
    return failure.code if failure else None


def test_a_language_is_a_code_in_any_case() -> None:
    assert SubtitlesOptions(language="EN").language == "en"
    assert SubtitlesOptions().language == "auto"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"language": "klingon"}, "language"),
        ({"language": "en-US"}, "language"),
        ({"language": ""}, "language"),
        ({"formats": []}, "formats"),
        ({"formats": ["ass"]}, "formats.0"),
        ({"formats": ["vtt"] * 4}, "formats"),
        ({"max_line_characters": 0}, "max_line_characters"),
        ({"max_line_characters": 1000}, "max_line_characters"),
        ({"max_lines": 0}, "max_lines"),
        ({"max_lines": 9}, "max_lines"),
    ],
)
def test_a_bad_value_is_refused_by_its_path(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        validated_options("subtitles", options, path="subtasks.0")

    assert raised.value.field == f"subtasks.0.options.{field}"


def test_a_film_without_sound_has_nothing_to_hear() -> None:
    assert refusal(media_info(audio=())) == "source_has_no_audio"


def test_a_podcast_has_subtitles() -> None:
    assert refusal(a_sound()) is None


def test_speech_in_a_language_that_is_named_is_heard_for_these_subtitles_alone() -> None:
    assert KIND.needs(SubtitlesOptions(), a_sound()) == ("speech",)
    assert KIND.needs(SubtitlesOptions(language="de"), a_sound()) == ("sound",)


def test_what_is_too_long_to_be_heard_is_refused() -> None:
    sound = (audio_stream(),)

    assert refusal(media_info(duration=7200.0, audio=sound)) is None
    assert refusal(media_info(duration=7200.5, audio=sound)) == "limit_exceeded"
