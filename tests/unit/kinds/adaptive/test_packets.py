"""A sound's packets in segments: each in one, which begins where an encode in one go begins it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.chunking.boxes import Malformed, boxes, child
from sluice.chunking.sound_parts import FRAME
from sluice.kinds.adaptive.packets import Cutting, Packet, packets, segments

cuttings = st.builds(Cutting, st.sampled_from([Fraction(1), Fraction(2), Fraction(6), Fraction(6_006_000, 1_000_000)]),
                     st.just(48_000))  # fmt: skip


def some(count: int, first: int = 0) -> list[Packet]:
    return [Packet(FRAME if n < count - 1 else 500, (first + n).to_bytes(4)) for n in range(count)]


@given(st.integers(1, 1500), cuttings)
def test_every_packet_is_in_one_segment(count: int, cutting: Cutting) -> None:
    found = some(count)

    made = list(segments(found, 0, cutting))

    assert [packet for _, content in made for packet in packets(content)] == found
    assert [number for number, _ in made] == list(range(1, len(made) + 1)) and len(made) == cutting.count(count)


@given(st.integers(1, 1500), st.integers(0, 1500), cuttings)
def test_parts_make_the_segments_that_one_worker_makes(count: int, place: int, cutting: Cutting) -> None:
    first = cutting.first(place % cutting.count(count))
    found = some(count)

    parts = [*segments(found[:first], 0, cutting), *segments(found[first:], first, cutting)]

    assert parts == list(segments(found, 0, cutting))


@given(st.integers(1, 400), cuttings)
def test_a_segment_begins_with_the_first_packet_that_is_not_before_its_mark(segment: int, cutting: Cutting) -> None:
    first = cutting.first(segment)

    assert Fraction((first - 1) * FRAME, 48_000) < segment * cutting.seconds <= Fraction(first * FRAME, 48_000)


def test_a_segment_tells_of_its_own_time_and_size() -> None:
    (_, content), *_ = segments(some(200, first=282), 282, Cutting(Fraction(6), 48_000))

    names = [box.name for box in boxes(content)]
    assert names == ["styp", "sidx", "moof", "mdat"]
    sidx = child(content, "sidx")
    size = sum(8 + len(box.content) for box in boxes(content) if box.name in {"moof", "mdat"})
    assert int.from_bytes(sidx[12:20]) == 281 * FRAME and int.from_bytes(sidx[32:36]) == size
    assert int.from_bytes(child(content, "moof", "traf", "tfdt")[4:12]) == 282 * FRAME
    place = int.from_bytes(child(content, "moof", "traf", "trun")[8:12])
    assert content[place + sum(8 + len(box.content) for box in boxes(content) if box.name in {"styp", "sidx"}) :][
        :4
    ] == (282).to_bytes(4)


def test_a_segment_with_bytes_of_no_packet_is_refused() -> None:
    (_, content), *_ = segments(some(3), 0, Cutting(Fraction(6), 48_000))
    grown = content[:-16].replace(b"mdat", b"mdat") + content[-16:] + bytes(4)
    at = grown.index(b"mdat") - 4
    grown = grown[:at] + (len(grown) - at).to_bytes(4) + grown[at + 4 :]

    with pytest.raises(Malformed):
        list(packets(grown))
