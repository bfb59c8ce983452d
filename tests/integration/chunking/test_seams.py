"""Films in chunks are the films in one go: every frame, at its time, beside its sound."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bench import Bench
from tests.chunks import AWKWARD, but, difference, farthest, film, in_chunks, in_one_go, plain, times
from tests.clips import Clips
from tests.conftest import Change

MILLISECOND = 0.001_001
RATED = {"video_bitrate"}
FILMS = but(AWKWARD, "plain", "29.97", "anamorphic", "Matroska", "interlaced", "Matroska from an hour on")


@pytest.fixture(autouse=True)
def short_chunks(bench: Bench, change_settings: Change) -> None:
    change_settings(chunk_seconds=1)


@pytest.mark.parametrize("awkward", FILMS.values(), ids=FILMS)
def test_a_film_in_chunks_is_the_film_in_one_go(
    awkward: Callable[[Clips], Path], clips: Clips, bench: Bench, media_bin: Path
) -> None:
    task = bench.validated(awkward(clips), quality="very_high")

    result = in_chunks(bench, task)

    assert result.result and result.result["chunks"] >= 3
    chunked, whole = film(bench, result, "chunked"), film(bench, in_one_go(bench, task), "whole")
    assert len(times(media_bin, chunked)) == len(times(media_bin, whole))
    assert farthest(times(media_bin, chunked), times(media_bin, whole)) <= MILLISECOND
    assert difference(media_bin, chunked, whole) > 33
    heard = times(media_bin, chunked, "a:0"), times(media_bin, whole, "a:0")
    assert len(heard[0]) == len(heard[1])
    assert not heard[0] or farthest(*heard) <= MILLISECOND


OTHERS = {
    "webm": {"container": "webm"},
    "mkv": {"container": "mkv"},
    "mkv with opus": {"container": "mkv", "audio_codec": "opus"},
    "mkv with flac": {"container": "mkv", "audio_codec": "flac"},
    "mkv with mp3": {"container": "mkv", "audio_codec": "mp3"},
    "mkv with ac3": {"container": "mkv", "audio_codec": "ac3"},
    "mov": {"container": "mov"},
    "h265": {"codec": "h265"},
    "av1": {"codec": "av1"},
    "mkv with h265": {"codec": "h265", "container": "mkv"},
    "30 for 25": {"fps": 30},
    "12 for 25": {"fps": 12},
    "from within": {"start": 1.01, "end": 3.5},
    "to within at another rate": {"end": 3.3, "fps": 30},
    "bitrate": {"video_bitrate": 400_000},
    "two passes": {"video_bitrate": 400_000, "passes": 2},
    "text on it": {"watermark_text": {"text": "Sluice"}},
    "copied sound": {"audio_codec": "copy"},
    "no sound": {"audio_codec": "none"},
}
ASKED = but(OTHERS, "mkv with mp3", "mkv with ac3", "mkv with h265", "mov", "12 for 25", "to within at another rate")


@pytest.mark.parametrize("options", ASKED.values(), ids=ASKED)
def test_whatever_is_asked_of_it(options: dict[str, Any], clips: Clips, bench: Bench, media_bin: Path) -> None:
    task = bench.validated(
        plain(clips), **{"quality": "very_high", **options} if RATED.isdisjoint(options) else options
    )

    chunked, whole = film(bench, in_chunks(bench, task), "chunked"), film(bench, in_one_go(bench, task), "whole")

    assert len(times(media_bin, chunked)) == len(times(media_bin, whole))
    assert farthest(times(media_bin, chunked), times(media_bin, whole)) <= MILLISECOND
    assert difference(media_bin, chunked, whole) > 25
    heard = times(media_bin, chunked, "a:0"), times(media_bin, whole, "a:0")
    assert len(heard[0]) == len(heard[1])
    assert not heard[0] or farthest(*heard) <= MILLISECOND
