from typing import Any

import pytest

from sluice.errors import InvalidRequest
from sluice.kinds import validated_options
from sluice.kinds.chapters import KIND, ChaptersOptions, Titles
from sluice.media import MediaInfo
from tests.builders import a_picture, a_sound, media_info


def refusal(media: MediaInfo) -> str | None:
    failure = KIND.refuse(ChaptersOptions(), media)
    return failure.code if failure else None


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"minimum_seconds": 0}, "minimum_seconds"),
        ({"minimum_seconds": float("inf")}, "minimum_seconds"),
        ({"maximum_chapters": 0}, "maximum_chapters"),
        ({"titles": "poetic"}, "titles"),
        ({"formats": []}, "formats"),
        ({"formats": ["mkv"]}, "formats.0"),
    ],
)
def test_a_bad_value_is_refused_by_its_path(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        validated_options("chapters", options, path="subtasks.0")

    assert raised.value.field == f"subtasks.0.options.{field}"


def test_films_and_sounds_have_chapters_and_stills_have_none() -> None:
    assert refusal(media_info()) is None
    assert refusal(a_sound()) is None
    assert refusal(a_picture()) == "source_is_picture"


def test_what_has_no_length_has_no_chapters() -> None:
    assert refusal(media_info(duration=None)) == "source_unsupported"


def test_titles_from_speech_need_it_to_be_heard_first() -> None:
    spoken = ChaptersOptions(titles=Titles.SPEECH)

    assert KIND.needs(spoken, media_info()) == ("speech",)
    assert KIND.needs(spoken, media_info(audio=())) == ()
    assert KIND.needs(ChaptersOptions(), media_info()) == ()
