import json

import pytest
from pydantic import ValidationError

from sluice.kinds.discovery import DiscoveryOptions, Part, missing, needs, refuse, sample_times
from sluice.kinds.discovery.report import Cover, Discovery, FoundLabel, FoundText, Highlight, Tag
from sluice.kinds.sampled import AUTOMATIC_FRAMES
from tests.builders import a_picture, a_sound, media_info


def options(**given: object) -> DiscoveryOptions:
    return DiscoveryOptions.model_validate(given)


@pytest.mark.parametrize(
    "given",
    [
        {"parts": []},
        {"parts": ["faces", "faces"]},
        {"parts": ["smells"]},
        {"parts": ["tags"]},
        {"parts": ["tags", "cover"]},
        {"sample_interval_seconds": 0},
        {"highlight_count": 0},
        {"highlight_seconds": 0.5},
        {"label_confidence": 5},
    ],
)
def test_impossible_options_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        options(**given)


@pytest.mark.parametrize(
    ("parts", "steps"),
    [
        (list(Part), ("frames", "shots", "speech")),
        (["shots"], ("shots",)),
        (["cover"], ("frames",)),
        (["highlights"], ("frames", "shots")),
        (["speech", "tags"], ("speech",)),
    ],
)
def test_only_what_the_parts_are_made_of_is_prepared(parts: list[str], steps: tuple[str, ...]) -> None:
    assert needs(options(parts=parts), media_info()) == steps


def test_what_a_source_does_not_have_is_left_out_with_a_reason() -> None:
    assert set(missing(options(), a_sound())) == set(Part) - {Part.SPEECH, Part.TAGS}
    assert set(missing(options(), a_picture())) == {Part.SHOTS, Part.SPEECH, Part.COVER, Part.HIGHLIGHTS}
    assert missing(options(), media_info()) == {}
    assert needs(options(), media_info(audio=())) == ("frames", "shots")


def test_tags_are_left_out_with_all_that_they_are_made_of() -> None:
    silent = media_info(audio=())

    assert set(missing(options(parts=["speech", "tags", "cover"]), silent)) == {Part.SPEECH, Part.TAGS}


def test_a_source_with_none_of_the_parts_is_refused() -> None:
    no_picture = refuse(options(parts=["faces"]), a_sound())
    still = refuse(options(parts=["shots"]), a_picture())

    assert no_picture and no_picture.code == "source_has_no_video"
    assert still and still.code == "source_is_picture"
    assert refuse(options(), a_sound()) is None


def test_too_short_an_interval_for_the_film_is_refused() -> None:
    failure = refuse(options(sample_interval_seconds=0.1), media_info(duration=3600.0))

    assert failure and failure.code == "limit_exceeded"
    assert refuse(options(), media_info(duration=14_400.0)) is None
    assert len(sample_times(14_400.0, options())) == AUTOMATIC_FRAMES


def test_the_record_keeps_a_bounded_part() -> None:
    found = Discovery(
        duration=3600.0,
        provider="embedded",
        models={},
        parts=tuple(Part),
        left_out={},
        labels=tuple(FoundLabel(name=f"label {n}", confidence=50.0) for n in range(300)),
        text=tuple(FoundText(text="x" * 500, confidence=90.0) for _ in range(300)),
        cover=Cover(time=1.0, score=50.0, sharpness=1.0, brightness=1.0, faces=0),
        highlights=tuple(Highlight(start=n, end=n + 1, score=1, reasons=("speech",)) for n in range(20)),
        tags=tuple(Tag(name=f"tag {n}", score=1.0, sources=(Part.LABELS,)) for n in range(50)),
    )

    summary = found.summary()

    assert len(json.dumps(summary)) < 16_000
    assert summary["counts"] == {"labels": 300, "text": 300, "highlights": 20, "tags": 50}
