"""What Amazon Transcribe answers, in its own words, and what we make of it."""

from itertools import islice, pairwise
from typing import Any

import botocore.session
import pytest

from sluice.errors import ProviderFailed
from sluice.speech.languages import LANGUAGES
from sluice.speech.transcribe import LOCALES, locale_of, pauses, transcript_of


def spoken(text: str, start: str, end: str, confidence: str = "0.99") -> dict[str, Any]:
    alternatives = [{"confidence": confidence, "content": text}]
    return {"type": "pronunciation", "start_time": start, "end_time": end, "alternatives": alternatives}


def mark(text: str) -> dict[str, Any]:
    return {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": text}]}


def answer(*items: dict[str, Any]) -> dict[str, Any]:
    return {
        "jobName": "sluice-1",
        "accountId": "123456789012",
        "status": "COMPLETED",
        "results": {"transcripts": [{"transcript": "…"}], "items": list(items)},
    }


def test_an_answer_becomes_sentences_with_words() -> None:
    items = (
        spoken("Hello", "0.04", "0.5"), mark("."), spoken("How", "0.9", "1.1", "0.5"), spoken("are", "1.1", "1.3"),
        spoken("you", "1.3", "1.6"), mark("?"),
    )  # fmt: skip

    heard = transcript_of(answer(*items), "en-US")

    assert (heard.language, heard.provider) == ("en", "transcribe")
    assert [(s.start, s.end, s.text) for s in heard.segments] == [(0.04, 0.5, "Hello."), (0.9, 1.6, "How are you?")]
    assert [w.confidence for w in heard.segments[1].words] == [50.0, 99.0, 99.0]


def test_an_answer_without_words_is_a_transcript_without_segments() -> None:
    heard = transcript_of(answer(), None)

    assert (heard.language, heard.segments) == (None, ())


def test_a_mark_before_any_word_is_passed_over() -> None:
    assert transcript_of(answer(mark("."), spoken("So", "1", "2")), "en-US").text == "So"


def test_languages_without_spaces_are_joined_without() -> None:
    heard = transcript_of(answer(spoken("今", "0", "1"), spoken("天", "1", "2"), mark("。")), "ja-JP")

    assert heard.text == "今天。"


def test_their_locales_are_those_that_the_service_knows() -> None:
    model = botocore.session.get_session().get_service_model("transcribe")

    assert set(LOCALES.values()) <= set(model.shape_for("LanguageCode").metadata["enum"])
    assert set(LOCALES) <= LANGUAGES


def test_a_language_is_asked_for_by_its_locale_or_found_out() -> None:
    assert (locale_of("en"), locale_of("auto")) == ("en-US", None)
    with pytest.raises(ProviderFailed, match="'la'"):
        locale_of("la")


def test_pauses_grow_up_to_a_quarter_of_a_minute() -> None:
    first = list(islice(pauses(), 10))

    assert first[0] == 2 and first[-1] == 15
    assert all(a <= b for a, b in pairwise(first))
