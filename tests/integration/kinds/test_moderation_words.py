"""Moderation of what is written and said, as its Lambda runs it."""

from collections.abc import Callable
from pathlib import Path

from sluice.kinds.moderation.run import run
from tests.builders import a_sound, audio_stream, media_info
from tests.integration.kinds.conftest import Prepared, as_frame, said

ABUSE = "You are a fucking idiot and nobody likes you"


def test_speech_alone_is_judged_in_a_file_without_pictures(vision_models: None, prepared: Prepared) -> None:
    transcript = said((0.0, 2.0, "Good morning to all of you."), (2.0, 4.5, ABUSE), (6.0, 8.0, "Thank you."))

    result = prepared.run("moderation", run, a_sound(), options={"parts": ["speech"]}, transcript=transcript)

    assert result.failure is None and result.result
    assert (result.result["verdict"], result.result["parts"]) == ("review", ["speech"])
    assert {(s["part"], s["category"], s["start"], s["end"]) for s in result.result["segments"]} == {
        ("speech", "profanity", 2.0, 4.5),
        ("speech", "toxicity", 2.0, 4.5),
    }
    assert "fucking" in {label["label"] for label in result.result["labels"]}
    report = prepared.json("moderation.json")
    assert [line["time"] for line in report["speech"]] == [0.0, 2.0, 6.0]
    assert report["speech"][0]["scores"] == []


def test_a_film_without_sound_is_judged_by_the_rest_and_says_so(
    vision_models: None, prepared: Prepared, still_of: Callable[[str, float], bytes]
) -> None:
    frames = [(at, still_of("bbb_trailer_720p.mp4", at)) for at in (12.0, 50.0)]
    silent = media_info(duration=4.0, audio=())

    result = prepared.run(
        *("moderation", run, silent),
        options={"parts": ["text", "speech"]},
        frames=[(1.0 + 2 * n, data) for n, (_, data) in enumerate(frames)],
    )

    assert result.failure is None and result.result
    assert (result.result["verdict"], result.result["parts"]) == ("pass", ["text"])
    assert "no audio" in result.result["left_out"]["speech"]
    assert [line["text"] for line in prepared.json("moderation.json")["text"]] == [
        "An unlucky bird",
        "Revenge is coming...",
    ]


def test_speech_in_a_language_that_the_words_are_not_of_is_left_out(vision_models: None, prepared: Prepared) -> None:
    film = media_info(video=(), audio=(audio_stream(),))
    transcript = said((0.0, 2.0, "Guten Morgen zusammen."), language="de")

    result = prepared.run("moderation", run, film, options={"parts": ["speech"]}, transcript=transcript)

    assert result.result
    assert (result.result["verdict"], result.result["parts"]) == ("pass", [])
    assert "'de'" in result.result["left_out"]["speech"]


def test_a_bad_word_in_a_picture_is_found(vision_models: None, prepared: Prepared, samples: Path) -> None:
    from PIL import Image, ImageDraw

    board = Image.new("RGB", (640, 360), "white")
    ImageDraw.Draw(board).text((60, 150), "WHAT A SHIT SHOW", fill="black", font_size=48)
    path = prepared.folder / "board.png"
    board.save(path)
    frames = [(1.0, as_frame(samples / "coffee.png")), (3.0, as_frame(path))]

    result = prepared.run("moderation", run, media_info(duration=4.0), options={"parts": ["text"]}, frames=frames)

    assert result.result
    worst = [s for s in result.result["segments"] if s["category"] == "profanity"]
    assert [(s["label"], s["start"], s["end"], s["part"]) for s in worst] == [("shit", 2.0, 4.0, "text")]
