"""Parts of the sound: no packet twice, none left out; what is decoded for them; where they don't fit."""

from array import array
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.chunking.boxes import Edit, Malformed, Samples, Track
from sluice.chunking.plan import LEAST_SOUND_SECONDS, SOUND_RHO, sound_seconds
from sluice.chunking.sound_parts import FRAME, LEAD, Heard, Part, Source, evenly, own

PLAIN = Heard("aac", 48_000, 48_000)
LADDER = Heard("mp3", 44_100, 48_000, 1024)
_FRAMES = {"aac": 1024, "mp3": 1152}


def a_track(count: int, heard: Heard = PLAIN, **values: Any) -> Track:
    """Packets of 10 bytes each, one behind the other."""
    frame = _FRAMES.get(heard.codec, 1024)
    times = array("q", (frame * n for n in range(count)))
    samples = Samples(times, times, array("q", [frame]) * count, array("q", [10]) * count,
                      array("q", range(0, 10 * count, 10)), bytearray(b"\1") * count)  # fmt: skip
    entries = bytes(4) + (1).to_bytes(4) + bytes(4) + b"mp4a" + bytes(24)
    usual = {"handler": "soun", "timescale": heard.rate, "header": bytes(84), "entries": entries, "edits": (),
             "samples": samples, "boxes": b""}  # fmt: skip
    return Track(**{**usual, **values})


def parts_of(count: int, each: float, heard: Heard = PLAIN, skipped: int = 0) -> tuple[Source, list[Part]]:
    track = a_track(count, heard, edits=(Edit(0, skipped),) if skipped else ())
    source = Source(track, 1000, heard)
    return source, source.parts(evenly(source.packets, each), 10 * count)


lengths = st.integers(2, 900)
heard_ways = st.sampled_from([PLAIN, LADDER, Heard("aac", 48_000, 48_000, 1024)])


@given(lengths, st.floats(60, 1000), heard_ways)
def test_every_packet_of_the_output_is_of_one_part(count: int, each: float, heard: Heard) -> None:
    source, parts = parts_of(count, each, heard)

    ends = [part.first + (part.packets or 0) for part in parts[:-1]]
    assert [part.first for part in parts] == [0, *ends]
    assert all(part.packets for part in parts[:-1]) and parts[-1].packets is None
    assert parts[-1].first < max(1, source.packets)


@given(lengths, st.floats(60, 1000), heard_ways, st.integers(0, 3000))
def test_encoders_stand_on_one_grid_of_samples(count: int, each: float, heard: Heard, skipped: int) -> None:
    """Of each part: when the first sample is that its encoder gets, in seconds of the source behind the edit list."""
    _, parts = parts_of(count + 3, each, heard, skipped)

    for part in parts:
        read = part.input["samples"][0][0] // 10 * _FRAMES[heard.codec]
        decoded = Fraction(read + part.before - skipped, heard.rate)
        begun = decoded + Fraction(part.after, heard.made)
        assert begun == Fraction((part.first - part.lead) * FRAME + heard.skipped, heard.made)
        # where resampling begins, both clocks tick together
        assert (decoded * heard.made).denominator == 1
        assert part.lead == min(part.first, LEAD)


@given(lengths, st.floats(60, 1000), heard_ways)
def test_a_part_gets_what_its_packets_are_made_of_and_no_other_packet_of_the_source(
    count: int, each: float, heard: Heard
) -> None:
    source, parts = parts_of(count, each, heard)

    for part in parts:
        there = len(part.input["samples"]) * _FRAMES[heard.codec]
        assert part.before + part.decoded <= there < part.before + part.decoded + _FRAMES[heard.codec]
        last = source.packets if part.packets is None else min(part.first + part.packets, source.packets - 1)
        assert part.samples >= (part.lead + last - part.first) * FRAME - 2 * FRAME


def encoded(samples: int) -> list[int]:
    """Durations of the packets that an encoder makes of so many samples."""
    return [FRAME, *([FRAME] * (samples // FRAME)), *([samples % FRAME] if samples % FRAME else [])]


@given(lengths, st.floats(60, 1000))
def test_a_parts_own_packets_lie_behind_its_lead(count: int, each: float) -> None:
    source, parts = parts_of(count, each)

    found = [encoded(part.samples) for part in parts]
    owned = [own(part, durations) for part, durations in zip(parts, found, strict=True)]

    assert sum(len(d[o]) for d, o in zip(found, owned, strict=True) if o) == source.packets


@pytest.mark.parametrize("lost", [1, 2])
def test_parts_in_which_sound_was_lost_own_nothing(lost: int) -> None:
    _, (first, *_) = parts_of(2000, 900)

    assert own(first, encoded(first.samples)) == slice(0, first.packets)
    assert own(first, encoded(first.samples - lost * FRAME)) is None


def _gap() -> Track:
    track = a_track(10)
    track.samples.durations[4] = 4000
    return track


ODD = {
    "a gap": _gap(),
    "another clock": a_track(10, timescale=90_000),
    "nothing": a_track(0),
    "encrypted": a_track(10, entries=bytes(4) + (1).to_bytes(4) + bytes(4) + b"enca"),
    "two stretches": a_track(10, edits=(Edit(10, 0), Edit(10, 5000))),
    "a late beginning": a_track(10, edits=(Edit(0, 9000),)),
    "two kinds": a_track(10, entries=bytes(4) + (2).to_bytes(4) + bytes(4) + b"mp4a"),
}


@pytest.mark.parametrize("track", ODD.values(), ids=ODD)
def test_sound_whose_samples_have_no_certain_place_is_not_cut(track: Track) -> None:
    with pytest.raises(Malformed):
        Source(track, 1000, PLAIN)


def test_packets_beyond_the_file_are_not_read() -> None:
    with pytest.raises(Malformed):
        Source(a_track(10), 1000, PLAIN).parts([0], 99)


def test_other_codecs_need_more_than_their_packets() -> None:
    with pytest.raises(Malformed):
        Source(a_track(10, Heard("opus", 48_000, 48_000)), 1000, Heard("opus", 48_000, 48_000))


def test_the_end_of_the_edit_list_is_the_end_of_the_sound() -> None:
    whole = Source(a_track(100), 48_000, PLAIN)
    ended = Source(a_track(100, edits=(Edit(50_000, 1024),)), 48_000, PLAIN)

    assert (whole.samples, ended.samples) == (102_400, 50_000)
    assert ended.parts([0], 1000)[0].decoded == 50_000


def test_a_part_takes_as_long_as_a_chunk_but_is_not_too_short() -> None:
    assert sound_seconds(6.2) == pytest.approx(6.2 / SOUND_RHO)
    assert sound_seconds(0.1) == LEAST_SOUND_SECONDS
    assert sound_seconds(6.2, asked=9) == 9
