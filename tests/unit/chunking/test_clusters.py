"""Frames of Matroska are found in bytes that come in pieces, as well as in all of them at once."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sluice.chunking import ebml
from sluice.chunking.matroska import Needed, Reader

_UNKNOWN = b"\x01" + b"\xff" * 7


def block(time: int, *, key: bool = False, length: int = 5, track: int = 1) -> bytes:
    body = bytes([0x80 | track]) + time.to_bytes(2, signed=True) + bytes([0x80 if key else 0]) + bytes(length)
    return ebml.element(0xA3, body)


def cluster(time: int, *blocks: bytes, endless: bool = False) -> bytes:
    content = ebml.unsigned(0xE7, time) + b"".join(blocks)
    return (ebml.CLUSTER.to_bytes(4) + _UNKNOWN + content) if endless else ebml.element(ebml.CLUSTER, content)


@st.composite
def films(draw: st.DrawFn) -> bytes:
    """Clusters of a few frames, of this track and another's, some without an end; other elements between them."""
    parts = []
    for number in range(draw(st.integers(1, 6))):
        lengths = draw(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 2)), max_size=5))
        blocks = [block(n, length=size, track=track) for n, (size, track) in enumerate(lengths)]
        parts.append(cluster(number * 100, *blocks, endless=draw(st.booleans())))
        if draw(st.booleans()):
            parts.append(ebml.element(ebml.CUES, bytes(draw(st.integers(0, 300)))))
    return b"".join(parts)


@given(films(), st.lists(st.integers(0, 2_000), max_size=12))
def test_however_the_bytes_are_cut_the_frames_are_the_same(film: bytes, cuts: list[int]) -> None:
    bounds = sorted({0, len(film), *(min(cut, len(film)) for cut in cuts)})
    whole, pieces = Reader(1), Reader(1)

    found = [frame for first, last in pairwise(bounds) for frame in pieces.feed(film[first:last])]

    assert found == whole.feed(film)


def test_what_overruns_its_cluster_ends_the_reading() -> None:
    # the second block is longer than its cluster says it is
    lying = ebml.CLUSTER.to_bytes(4) + (1 << 56 | 40).to_bytes(8) + ebml.unsigned(0xE7, 0) + block(0) + block(1)

    assert [found.time for _, found in Reader(1).feed(lying + cluster(100, block(0)))] == [0]


def test_no_byte_is_looked_at_again_while_a_long_frame_comes() -> None:
    film = cluster(0, block(0, key=True), block(40, length=100_000))
    reader = Reader(1)

    early = [frame for at in range(0, len(film) - 100, 100) for frame in reader.feed(film[at : at + 100])]

    assert len(early) == 1


def test_a_chunk_is_complete_with_the_frames_beyond_its_end() -> None:
    film = cluster(0, block(0, key=True), block(80), block(40), block(120, key=True), block(160))

    needed = Needed(1, first=0, end=100, beyond=1)

    assert needed.are_complete(film)
    (kept,) = needed.clusters()
    assert [found.time for found in kept.blocks] == [0, 80, 40, 120]
