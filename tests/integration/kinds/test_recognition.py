"""The embedded models on real pictures and frames: what is known to be in them is found."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.errors import BadSource
from sluice.frames import Frame
from sluice.vision import Viewer, viewer
from sluice.vision.words import bad_words, toxicity, weights
from tests.integration.kinds.conftest import as_frame


@pytest.fixture
def embedded(vision_models: None) -> Viewer:
    return viewer("embedded")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("coffee.png", "espresso"), ("chelsea.png", "egyptian cat"), ("motorcycle_left.png", "moped")],
)
def test_a_photo_is_labelled_by_what_it_shows(embedded: Viewer, samples: Path, name: str, expected: str) -> None:
    labels = embedded.labels(Frame(0.0, as_frame(samples / name)))

    assert labels[0].name == expected
    assert labels[0].confidence > 50


@pytest.mark.parametrize(
    ("name", "count"), [("astronaut.png", 1), ("coffee.png", 0), ("chelsea.png", 0), ("page.png", 0)]
)
def test_a_face_is_found_where_there_is_one(embedded: Viewer, samples: Path, name: str, count: int) -> None:
    faces = embedded.faces(Frame(0.0, as_frame(samples / name)))

    assert len(faces) == count
    assert all(0.3 < face.box.left < 0.6 and face.box.top < 0.3 for face in faces)


def test_a_small_face_in_a_corner_of_a_film_is_found(embedded: Viewer, still_of: Callable[[str, float], bytes]) -> None:
    faces = embedded.faces(Frame(3.0, still_of("forensics_movie_hello_720p.mp4", 3.0)))

    assert [0.1 < face.box.left < 0.2 for face in faces] == [True]


def test_lines_of_text_are_read_in_order(embedded: Viewer, samples: Path) -> None:
    lines = embedded.text(Frame(0.0, (samples / "gen_text_720p.png").read_bytes()))

    assert [line.text for line in lines] == ["Media Vault 2026", "Invoice No. 48213 total $199.50"]


def test_a_title_of_a_film_is_read_from_a_sampled_frame(
    embedded: Viewer, still_of: Callable[[str, float], bytes]
) -> None:
    lines = embedded.text(Frame(12.0, still_of("bbb_trailer_720p.mp4", 12.0)))

    assert [line.text for line in lines] == ["An unlucky bird"]


def test_a_frame_that_is_no_picture_is_a_failure_with_its_time(embedded: Viewer) -> None:
    with pytest.raises(BadSource, match=r"at 2\.5 s") as failed:
        embedded.faces(Frame(2.5, b"no picture"))

    assert failed.value.code == "source_undecodable"


@pytest.mark.parametrize("line", ["You are a fucking idiot", "what a shit show", "shut up you moron"])
def test_abuse_is_told_from_its_words(vision_models: None, line: str) -> None:
    assert toxicity(line, weights()) > 0.9
    assert max(bad_words(line, weights()).values()) > 0.9


@pytest.mark.parametrize(
    "line",
    [
        "Hello world",
        "The Blender Foundation and Peach Project presents",
        "An unlucky bird",
        "I will show a directory",
        "assess the class",
        "a gay couple and their Muslim friends",
    ],
)
def test_harmless_lines_are_harmless(vision_models: None, line: str) -> None:
    assert toxicity(line, weights()) < 0.5
    assert max(bad_words(line, weights()).values()) < 0.9
