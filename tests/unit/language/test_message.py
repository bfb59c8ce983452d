import pytest
from pydantic import BaseModel

from sluice.aws.bedrock import MAX_IMAGE_BYTES, MAX_IMAGES
from sluice.errors import ProviderFailed
from sluice.frames import Frame
from sluice.language.message import MAX_TRANSCRIPT, json_task, message, parsed
from sluice.transcript import Segment, Transcript


class Shape(BaseModel):
    title: str


def a_transcript(count: int = 1, language: str = "de") -> Transcript:
    segments = (Segment(start=float(n), end=n + 1.0, text="Guten Morgen.") for n in range(count))
    return Transcript(language=language, segments=tuple(segments))


def told(transcript: Transcript | None = None, duration: float | None = 60.0, language: str | None = None) -> str:
    blocks = message("Describe it.", frames=[], transcript=transcript, duration=duration, language=language)
    return "\n".join(block.text for block in blocks)


def test_each_frame_is_told_with_its_time() -> None:
    frames = [Frame(1.5, b"one"), Frame(3.0, b"two")]

    blocks = message("Describe it.", frames=frames, transcript=None, duration=4.0, language=None)

    assert [block.jpeg or block.text for block in blocks[:4]] == ["Frame at 1.5 s:", b"one", "Frame at 3.0 s:", b"two"]


def test_pictures_are_bounded_in_number_and_size() -> None:
    frames = [Frame(0.0, bytes(MAX_IMAGE_BYTES + 1)), *(Frame(float(n), b"x") for n in range(50))]

    blocks = message("Describe it.", frames=frames, transcript=None, duration=4.0, language=None)

    assert [block.jpeg for block in blocks if block.jpeg] == [b"x"] * MAX_IMAGES


def test_a_long_transcript_is_cut_and_says_where() -> None:
    said = told(a_transcript(10_000))

    assert len(said) < MAX_TRANSCRIPT + 1000
    assert "(cut here, at " in said


def test_the_answer_is_in_the_language_asked_for_or_that_of_the_speech() -> None:
    assert "language: fr." in told(a_transcript(), language="fr")
    assert "language: de." in told(a_transcript())
    assert "language: English." in told(Transcript(language="de"))


def test_a_source_without_speech_says_so() -> None:
    assert "no speech" in told(None) and "no speech" in told(Transcript())
    assert "still picture" in told(None, duration=None)


@pytest.mark.parametrize("answer", ['{"title": "A"}', 'Here it is:\n```json\n{"title": "A"}\n```\nEnjoy!'])
def test_the_answer_is_read_from_whatever_is_around_it(answer: str) -> None:
    assert parsed(answer, Shape) == Shape(title="A")


@pytest.mark.parametrize("answer", ["", "I can't do that.", "{", '{"name": "A"}', "}{"])
def test_an_answer_of_another_shape_is_a_failure(answer: str) -> None:
    with pytest.raises(ProviderFailed) as failed:
        parsed(answer, Shape)

    assert failed.value.code == "provider_failed"


def test_the_task_says_what_shape_the_answer_has() -> None:
    assert '"title"' in json_task("Describe it.", Shape)
