"""Chunks in one track: times, order, places; and pieces that are assembled from what is stored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.chunking.boxes import Malformed, boxes, run_lengths
from sluice.chunking.joined import Made, Piece, Stored, assembled, interleaved, merged, parts, picture


def a_chunk(number: int, frames: int = 4, **values: Any) -> Made:
    """Frames two by two in the wrong order, as with B-frames."""
    first = number * frames
    order = [n ^ 1 if n not in {0, frames - 1} or frames % 2 else n for n in range(frames)]
    order = sorted(range(frames), key=lambda n: order[n])
    usual = {"key": f"chunk-{number}", "timescale": 25, "pts": [first + n for n in order], "sizes": [10] * frames,
             "keys": [0], "offset": 48, "last_duration": 1, "entries": "e", "size": 100, "etag": "t"}  # fmt: skip
    return Made(**{**usual, **values})


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_no_frame_is_decoded_after_it_is_shown_and_each_later_than_the_one_before(lengths: list[int]) -> None:
    chunks, at = [], 0
    for number, length in enumerate(lengths):
        chunks.append(a_chunk(0, length, key=str(number), pts=[at + n for n in range(length)][::-1]))
        at += length

    film = picture(chunks)

    assert all(dts <= pts for dts, pts in zip(film.dts, film.pts, strict=True))
    assert list(film.dts) == sorted(set(film.dts))
    assert sorted(film.pts) == list(range(at))


def test_chunks_of_different_codecs_are_not_joined() -> None:
    with pytest.raises(Malformed, match="different ways"):
        picture([a_chunk(0), a_chunk(1, entries="other")])


def test_chunks_that_overlap_are_not_joined() -> None:
    with pytest.raises(Malformed, match="overlap"):
        picture([a_chunk(0), a_chunk(0, key="again")])


def test_samples_are_found_in_the_chunks_that_hold_them() -> None:
    film = picture([a_chunk(0), a_chunk(1)])

    assert list(film.stored(2, 6)) == [Stored("chunk-0", 68, 20), Stored("chunk-1", 48, 20)]


def test_every_sample_is_in_one_run() -> None:
    film = picture([a_chunk(n, 30) for n in range(4)])

    runs = list(interleaved(film, None))

    assert [n for run in runs for n in range(run.first, run.last)] == list(range(120))
    assert len(runs) >= 4


@given(st.lists(st.integers(1, 100), min_size=1), st.integers(1, 300))
def test_parts_are_large_enough_but_for_the_last(lengths: list[int], least: int) -> None:
    found = list(parts([Piece(length, ()) for length in lengths], least))

    assert [piece.length for part in found for piece in part] == lengths
    assert all(sum(piece.length for piece in part) >= least for part in found[:-1])


def test_stretches_that_touch_are_read_at_once() -> None:
    needs = [Stored("a", 10, 5), Stored("b", 0, 3), Stored("a", 15, 5), Stored("a", 30, 1)]

    assert merged(needs) == [Stored("a", 10, 10), Stored("a", 30, 1), Stored("b", 0, 3)]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 90), st.integers(1, 10)), min_size=1))
def test_what_is_assembled_is_what_is_stored(needs: list[tuple[str, int, int]]) -> None:
    content = {"a": bytes(range(100)), "b": bytes(range(100, 200))}
    pieces = [Piece(need[2], (Stored(*need),)) for need in needs]

    made = assembled(pieces, lambda s: content[s.key][s.offset : s.offset + s.length])

    assert made == b"".join(content[key][at : at + length] for key, at, length in needs)


@given(st.lists(st.integers(0, 5), min_size=1))
def test_run_lengths_say_as_much_as_the_values(values: list[int]) -> None:
    (table,) = boxes(run_lengths("stts", values))

    runs = [table.content[at : at + 8] for at in range(8, len(table.content), 8)]
    told = [int.from_bytes(run[4:]) for run in runs for _ in range(int.from_bytes(run[:4]))]
    assert told == values
