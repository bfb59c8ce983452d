"""Discovery as its Lambda runs it, on frames of real films."""

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from sluice.kinds.discovery.report import Discovery
from sluice.kinds.discovery.run import run
from sluice.shots import Shots, Span
from tests.builders import a_picture, a_sound, media_info
from tests.integration.kinds.conftest import Prepared, as_frame, said

FORENSICS = "forensics_movie_hello_720p.mp4"


def test_a_film_with_a_face_text_and_speech_is_described_in_all_parts(
    vision_models: None, prepared: Prepared, still_of: Callable[[str, float], bytes]
) -> None:
    frames = [(at, still_of(FORENSICS, at)) for at in (2.0, 6.0)]
    shots = Shots(duration=8.3, shots=(Span(start=0, end=4), Span(start=4, end=8.3)))
    transcript = said((0.5, 3.0, "I will show a directory."), (3.5, 6.0, "This is the directory."))

    result = prepared.run("discovery", run, media_info(duration=8.3), frames=frames, shots=shots, transcript=transcript)

    assert result.failure is None and result.result
    assert [(out.name, out.type) for out in result.outputs] == [
        ("discovery.json", "application/json"),
        ("cover.jpg", "image/jpeg"),
    ]
    found = Discovery.model_validate_json(prepared.outputs["discovery.json"])
    assert found.left_out == {}
    assert found.faces and (found.faces[0].start, found.faces[0].end, found.faces[0].most) == (0.0, 8.3, 1)
    hello = next(line for line in found.text or () if line.text.startswith("Hello world"))
    assert [(s.start, s.end) for s in hello.segments] == [(0.0, 8.3)]
    assert found.speech and found.speech.language == "en"
    assert "directory" in result.result["tags"] and "people" in result.result["tags"]
    assert found.cover and found.cover.time in {2.0, 6.0} and found.cover.faces == 1
    with Image.open(io.BytesIO(prepared.outputs["cover.jpg"])) as cover:
        assert (cover.size, result.outputs[1].width) == ((640, 360), 640)
    assert found.highlights and found.highlights[0].end <= 8.3


def test_a_picture_is_labelled_and_the_rest_is_left_out_with_a_reason(
    vision_models: None, prepared: Prepared, samples: Path
) -> None:
    result = prepared.run("discovery", run, a_picture(), frames=[(0.0, as_frame(samples / "coffee.png"))])

    assert result.result and result.failure is None
    assert result.result["labels"] == ["espresso"]
    assert set(result.result["left_out"]) == {"shots", "speech", "cover", "highlights"}
    assert [out.name for out in result.outputs] == ["discovery.json"]


def test_a_sound_has_speech_and_tags(prepared: Prepared) -> None:
    transcript = said((0.0, 2.0, "Oranges are round."), (2.0, 4.0, "Oranges are sweet."))

    result = prepared.run("discovery", run, a_sound(), transcript=transcript)

    assert result.result
    assert result.result["parts"] == ["speech", "tags"]
    assert result.result["tags"] == ["oranges"]
