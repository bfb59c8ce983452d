"""Moderation of more than pictures: which parts there are, what words come to, how parts become one verdict."""

import pytest
from pydantic import ValidationError

from sluice.kinds.moderation import DEFAULTS, ModerationOptions, missing, needs, refuse
from sluice.kinds.moderation.labels import Category, Part, label_score
from sluice.kinds.moderation.verdict import Limits, Suggestion, joined, judge, judge_looks
from sluice.kinds.moderation.words import Line, breaths, floor_of, not_understood, reported, scored, scores_of
from sluice.transcript import Segment, Transcript
from sluice.vision.words import Weights
from tests.builders import a_picture, a_sound, media_info

WEIGHTS = Weights(words={"rotten": (2.0, 4.0), "apple": (1.0, -1.0)}, classifiers=[(-1.0, -2.0, 0.0)])


def options(**given: object) -> ModerationOptions:
    return ModerationOptions.model_validate(given)


def a_transcript(*spans: tuple[float, float], language: str | None = "en") -> Transcript:
    segments = tuple(Segment(start=start, end=end, text=" You rotten apple. ") for start, end in spans)
    return Transcript(language=language, segments=segments)


@pytest.mark.parametrize("parts", [[], ["frames", "frames"], ["music"], "frames"])
def test_impossible_parts_are_refused(parts: object) -> None:
    with pytest.raises(ValidationError):
        options(parts=parts)


@pytest.mark.parametrize(
    ("parts", "steps"),
    [
        (["frames"], ("frames",)),
        (["text"], ("frames",)),
        (["speech"], ("speech",)),
        (["frames", "text", "speech"], ("frames", "speech")),
    ],
)
def test_only_what_is_judged_is_prepared(parts: list[str], steps: tuple[str, ...]) -> None:
    assert needs(options(parts=parts), media_info()) == steps


def test_what_a_source_does_not_have_is_missing_and_not_prepared() -> None:
    asked = options(parts=["frames", "text", "speech"])

    assert set(missing(asked, a_sound())) == {Part.FRAMES, Part.TEXT}
    assert needs(asked, a_sound()) == ("speech",)
    assert needs(asked, a_picture()) == ("frames",)


def test_a_source_is_refused_only_when_it_has_none_of_the_parts() -> None:
    silent = refuse(options(parts=["speech"]), media_info(audio=()))

    assert silent and silent.code == "source_has_no_audio"
    assert refuse(options(parts=["frames", "speech"]), media_info(audio=())) is None
    assert refuse(options(parts=["speech"], sample_interval_seconds=0.1), media_info(duration=14_400.0)) is None


def test_bad_words_and_the_line_they_make_bad_are_told() -> None:
    found = scored(Line(4.0, "you ROTTEN apple"), WEIGHTS)

    assert [(score.category, score.label, score.time) for score in found] == [
        (Category.PROFANITY, "rotten", 4.0),
        (Category.TOXICITY, "abusive", 4.0),
    ]


def test_one_or_two_words_are_judged_as_words_alone() -> None:
    assert [score.category for score in scored(Line(0.0, "rotten apple"), WEIGHTS)] == [Category.PROFANITY]


def test_a_lower_threshold_brings_lower_scores_into_the_report() -> None:
    lower = {**DEFAULTS, Category.PROFANITY: Limits(review_threshold=1)}

    assert (floor_of(DEFAULTS), floor_of(lower)) == (50.0, 1.0)
    assert len(scored(Line(0.0, "apple"), WEIGHTS, floor=floor_of(lower))) == 1


def test_speech_is_judged_by_the_times_at_which_it_is_said() -> None:
    transcript = a_transcript((0.0, 2.0), (2.0, 4.0), (6.0, 7.0))
    lines = [Line(0.0, "fine"), Line(2.0, "you rotten apple"), Line(6.0, "rotten")]

    verdict = judge_looks(scores_of(reported(lines, WEIGHTS)), DEFAULTS, breaths(transcript), part=Part.SPEECH)

    assert verdict.verdict is Suggestion.REVIEW
    assert {(s.part, s.start, s.end, s.category.value) for s in verdict.segments} == {
        (Part.SPEECH, 2.0, 7.0, "profanity"),
        (Part.SPEECH, 2.0, 4.0, "toxicity"),
    }


def test_of_lines_that_start_together_the_longer_one_counts() -> None:
    assert list(breaths(a_transcript((1.0, 2.0), (1.0, 5.0))).values()) == [(1.0, 5.0)]


def test_only_english_is_understood() -> None:
    assert not_understood(a_transcript(language="en")) is None
    assert not_understood(a_transcript(language="en-GB")) is None
    assert not_understood(a_transcript(language=None)) is None
    assert "'de'" in (not_understood(a_transcript(language="de")) or "")


def test_the_gravest_part_decides_and_all_are_told() -> None:
    frames = judge([label_score(1, Category.NUDITY, "porn", 90)], DEFAULTS, times=[1.0, 3.0], duration=4.0)
    text = judge(
        [label_score(3, Category.PROFANITY, "rotten", 99)], DEFAULTS, times=[1.0, 3.0], duration=4.0, part=Part.TEXT
    )

    verdict = joined([text, frames])

    assert (verdict.verdict, verdict.confidence) == (Suggestion.BLOCK, 90)
    assert [(label.part, label.label) for label in verdict.labels] == [(Part.FRAMES, "porn"), (Part.TEXT, "rotten")]
    assert [(s.part, s.start) for s in verdict.segments] == [(Part.FRAMES, 0), (Part.TEXT, 2)]


def test_parts_that_pass_tell_how_near_they_came() -> None:
    passed = [
        judge([label_score(1, Category.NUDITY, "porn", percent)], DEFAULTS, times=[1.0], duration=2.0)
        for percent in (3.0, 12.0)
    ]

    assert (joined(passed).verdict, joined(passed).confidence) == (Suggestion.PASS, 12.0)
    assert joined([]).verdict is Suggestion.PASS
