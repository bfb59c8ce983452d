"""Options, commands and waveforms of sound files."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.errors import InvalidRequest
from sluice.kinds import validated_options
from sluice.kinds.audio import AudioOptions, refuse
from sluice.kinds.audio.command import encode, span
from sluice.kinds.audio.formats import WRITERS, AudioFormat, channels, sample_rate
from sluice.kinds.audio.waveform import Peak, columns, peaks, picture, samples_per_pixel
from sluice.media import MediaInfo
from tests.builders import a_picture, a_sound, audio_stream

MP3, OPUS, FLAC = (WRITERS[form] for form in (AudioFormat.MP3, AudioFormat.OPUS, AudioFormat.FLAC))


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"format": "wma"}, "format"),
        ({"start": 5, "end": 4}, "end"),
        ({"format": "flac", "bitrate": 128_000}, "bitrate"),
        ({"format": "mp3", "bitrate": 500_000}, "bitrate"),
        ({"format": "opus", "sample_rate": 44_100}, "sample_rate"),
        ({"format": "m4a", "sample_rate": 192_000}, "sample_rate"),
        ({"format": "mp3", "channels": 6}, "channels"),
        ({"format": "mp3", "bit_depth": 24}, "bit_depth"),
        ({"loudness": 3}, "loudness"),
        ({"track": 0}, "track"),
    ],
)
def test_an_impossible_option_is_refused_by_its_path(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validated_options("audio", options)

    assert refused.value.field == f"options.{field}"


@pytest.mark.parametrize(
    ("options", "media", "code"),
    [
        (AudioOptions(), a_picture(), "source_has_no_audio"),
        (AudioOptions(track=2), a_sound(), "source_has_no_track"),
        (AudioOptions(start=10), a_sound(), "time_past_end"),
        (AudioOptions(start=9.5), a_sound(), None),
    ],
)
def test_what_the_source_does_not_have_is_refused(options: AudioOptions, media: MediaInfo, code: str | None) -> None:
    refusal = refuse(options, media)

    assert (refusal.code if refusal else None) == code


def test_a_length_is_that_of_what_is_there() -> None:
    assert span(AudioOptions(start=2, end=30), 10) == 8
    assert span(AudioOptions(), None) is None


def test_channels_fit_the_format_and_have_a_name() -> None:
    assert [channels(MP3, None, count) for count in (1, 2, 6)] == [1, 2, 2]
    assert [channels(FLAC, None, count) for count in (None, 4, 5, 7, 24)] == [2, 2, 2, 6, 8]
    assert channels(FLAC, 1, 6) == 1


def test_a_sample_rate_is_the_nearest_above_that_the_format_has() -> None:
    assert [sample_rate(OPUS, None, rate) for rate in (44_100, 11_025, 96_000, None)] == [
        48_000,
        12_000,
        48_000,
        48_000,
    ]
    assert sample_rate(FLAC, None, 96_000) == 96_000


def test_tags_go_unless_they_are_kept() -> None:
    stripped = encode(AudioOptions(), audio_stream(), [], Path("a.mp3"))
    kept = encode(AudioOptions(keep_metadata=True), audio_stream(), [], Path("a.mp3"))

    assert "-map_metadata" in stripped and "-vn" in stripped
    assert "-map_metadata" not in kept and "0:disp:attached_pic?" in kept


def test_peaks_are_read_from_what_astats_prints() -> None:
    lines = [
        "frame:0    pts:0       pts_time:0",
        "lavfi.astats.Overall.Min_level=-32768.000000",
        "lavfi.astats.Overall.Max_level=32767.000000",
        "lavfi.astats.Overall.Min_level=-1.000000",
        "lavfi.astats.Overall.Max_level=0.000000",
    ]

    assert list(peaks(lines)) == [Peak(-128, 127), Peak(-1, 0)]


def test_a_very_long_sound_has_fewer_pixels_a_second() -> None:
    assert samples_per_pixel(48_000, 100, 60) == 480
    assert 36_000 * 48_000 / samples_per_pixel(48_000, 100, 36_000) <= 1_000_000


@given(st.lists(st.builds(Peak, st.integers(-128, 0), st.integers(0, 127)), max_size=60), st.integers(1, 40))
def test_a_drawing_has_every_column_and_the_highest_peak(found: list[Peak], width: int) -> None:
    drawn = columns(found, width)

    assert len(drawn) == width
    if found and width >= len(found):
        assert max(p.highest for p in drawn) == max(p.highest for p in found)
    assert len(picture(drawn, 20)) == width * 20 * 2
