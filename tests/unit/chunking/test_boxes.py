"""Boxes and elements of strangers: what isn't whole or too large is malformed, and never anything worse."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.chunking import ebml, matroska, mp4
from sluice.chunking.boxes import Malformed, box, boxes, child, full_box, tracks


def film(stbl: bytes) -> bytes:
    """The content of a moov with one track."""
    mdhd = full_box("mdhd", bytes(8), (25).to_bytes(4), bytes(8))
    media = box("mdia", mdhd, full_box("hdlr", bytes(4), b"vide", bytes(13)), box("minf", box("stbl", stbl)))
    return box("mvhd", bytes(100)) + box("trak", full_box("tkhd", bytes(80)), media)


TABLES = {
    "stsd": full_box("stsd", (1).to_bytes(4), box("avc1", bytes(78))),
    "stts": full_box("stts", (1).to_bytes(4), (3).to_bytes(4), (1).to_bytes(4)),
    "stsz": full_box("stsz", bytes(4), (3).to_bytes(4), b"".join(n.to_bytes(4) for n in (5, 6, 7))),
    "stsc": full_box("stsc", (1).to_bytes(4), (1).to_bytes(4), (2).to_bytes(4), (1).to_bytes(4)),
    "stco": full_box("stco", (2).to_bytes(4), (100).to_bytes(4), (200).to_bytes(4)),
}


def test_samples_lie_where_the_tables_say() -> None:
    (track,) = tracks(film(b"".join(TABLES.values())), "vide")

    assert list(track.samples.offsets) == [100, 105, 200]
    assert (list(track.samples.sizes), list(track.samples.dts)) == ([5, 6, 7], [0, 1, 2])


@pytest.mark.parametrize("lost", TABLES)
def test_a_track_without_one_of_its_tables_is_malformed(lost: str) -> None:
    with pytest.raises(Malformed):
        list(tracks(film(b"".join(table for name, table in TABLES.items() if name != lost)), "vide"))


@pytest.mark.parametrize("name", TABLES)
@given(data=st.data())
def test_tables_of_noise_are_malformed_or_read(name: str, data: st.DataObject) -> None:
    table = bytearray(TABLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        table[data.draw(st.integers(8, len(table) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Malformed):
        list(tracks(film(b"".join(bytes(table) if n == name else t for n, t in TABLES.items())), "vide"))


@given(st.binary(max_size=200))
def test_noise_is_malformed(noise: bytes) -> None:
    def read(offset: int, length: int) -> bytes:
        return noise[offset : offset + length]

    with pytest.raises(Malformed):
        mp4.video_frames(mp4.moov(read, len(noise)))
    with pytest.raises(Malformed):
        matroska.index(read, len(noise))


def test_a_fragmented_film_is_not_read_here() -> None:
    with pytest.raises(Malformed, match="fragments"):
        list(tracks(box("mvex"), "vide"))


def test_a_missing_box_is_named() -> None:
    with pytest.raises(Malformed, match="mdia"):
        child(box("trak"), "trak", "mdia")


@given(st.lists(st.tuples(st.sampled_from(["abcd", "efgh"]), st.binary(max_size=20))))
def test_boxes_come_back_as_they_were_written(written: list[tuple[str, bytes]]) -> None:
    content = b"".join(box(name, inner) for name, inner in written)

    assert [(b.name, b.content) for b in boxes(content)] == written


@given(st.sampled_from([ebml.CUES, 0xE7, 0x4DBB]), st.binary(max_size=300))
def test_elements_come_back_as_they_were_written(name: int, inner: bytes) -> None:
    content = ebml.element(name, inner)

    (found,) = ebml.elements(content)

    assert (found.id, content[found.start : found.end]) == (name, inner)
