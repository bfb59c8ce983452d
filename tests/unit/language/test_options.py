import pytest

from sluice.errors import InvalidRequest
from sluice.kinds import KINDS, validated_options
from sluice.kinds.description import DescriptionOptions
from sluice.kinds.language import needs, refuse, sample_times
from tests.builders import a_picture, a_sound, media_info
from tests.conftest import Change

LANGUAGE = ["description", "outline", "prompt"]


@pytest.mark.parametrize("kind", LANGUAGE)
def test_a_kind_whose_model_is_off_is_refused_by_its_name(kind: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validated_options(kind, {}, path="subtasks.1")

    assert (refused.value.code, refused.value.field) == ("provider_off", "subtasks.1.kind")
    assert "LanguageModel" in refused.value.message


@pytest.mark.parametrize("kind", LANGUAGE)
def test_a_kind_whose_model_is_on_is_taken(kind: str, change_settings: Change) -> None:
    change_settings(language_model="eu.amazon.nova-lite-v1:0")

    assert validated_options(kind, {})["frame_count"]


def test_the_model_sees_and_hears_what_there_is() -> None:
    options = DescriptionOptions()

    assert needs(options, media_info()) == ("frames", "speech")
    assert needs(options, media_info(audio=())) == ("frames",)
    assert needs(options, a_sound()) == ("speech",)
    assert needs(DescriptionOptions(frame_count=0), media_info()) == ("speech",)


def test_nothing_to_see_or_hear_is_refused() -> None:
    blind = DescriptionOptions(frame_count=0)
    failure = refuse(blind, media_info(audio=()))

    assert failure and failure.code == "source_has_no_audio"
    assert refuse(DescriptionOptions(), a_picture()) is None


def test_an_outline_of_a_picture_is_refused() -> None:
    outline = KINDS["outline"]
    failure = outline.refuse(outline.options(), a_picture())

    assert failure and failure.code == "source_is_picture"


def test_frames_are_spread_over_the_film() -> None:
    assert sample_times(80.0, DescriptionOptions(frame_count=4)) == [10.0, 30.0, 50.0, 70.0]
