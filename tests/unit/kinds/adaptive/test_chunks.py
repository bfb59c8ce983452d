"""Segments of a chunk, moved to their place; sets from what workers have described; what isn't cut."""

import base64
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from sluice.chunking.boxes import Malformed, box, full_box
from sluice.chunking.spans import Span
from sluice.kinds.adaptive import AdaptiveOptions
from sluice.kinds.adaptive.chunks import chunk_seconds, grid, model, part, place, why_whole
from sluice.kinds.adaptive.command import encode_beside, encode_part
from sluice.kinds.adaptive.joined import iframes, renditions
from sluice.kinds.adaptive.moved import Place, frames, moved
from sluice.kinds.adaptive.run import plan_for
from sluice.media import Size
from tests.builders import audio_stream, media_info, video_stream

FOLDER = Path("/set")


def segment(time: int, number: int, *, long: bool = True) -> bytes:
    width, version = (8, 1) if long else (4, 0)
    sidx = full_box("sidx", (1).to_bytes(4), (12_800).to_bytes(4), time.to_bytes(width), bytes(width), version=version)
    traf = box(
        "traf",
        full_box("tfhd", (1).to_bytes(4)),
        full_box("tfdt", time.to_bytes(width), version=version),
        full_box("trun", (3).to_bytes(4)),
    )
    moof = box("moof", full_box("mfhd", number.to_bytes(4)), traf)
    return box("styp", b"msdh") + sidx + moof + box("mdat", b"tfdt mfhd sidx")


@pytest.mark.parametrize("long", [True, False])
def test_a_segment_is_moved_by_all_that_is_before_it(long: bool) -> None:
    assert moved(segment(512, 2, long=long), Place(25_600, 3)) == segment(26_112, 5, long=long)
    assert frames(segment(0, 1)) == 3


def test_a_time_that_does_not_fit_is_said() -> None:
    with pytest.raises(Malformed):
        moved(segment(1, 1, long=False), Place(1 << 32, 0))
    with pytest.raises(Malformed):
        moved(segment(1, 1)[:-1], Place(1, 0))


def head() -> str:
    """What begins a rendition: of a codec, with a timescale."""
    record = box("avcC", b"\1\x64\0\x1e")
    stbl = box("stbl", full_box("stsd", (1).to_bytes(4), box("avc1", bytes(78), record)))
    mdhd = full_box("mdhd", bytes(8), (12_800).to_bytes(4), bytes(8))
    return base64.b64encode(box("moov", box("trak", box("mdia", mdhd, box("minf", stbl))))).decode()


def a_chunk(start: int, count: int, **values: Any) -> dict[str, Any]:
    segments = [
        {"key": f"k{start + n}", "etag": "e", "size": 100, "start": (start + n) * 1000, "duration": 1000}
        for n in range(count)
    ]
    shown = {"key": f"i{start}", "etag": "e", "size": 60, "init": head(), "pictures": [[0, 22, start * 1000, 1000]]}
    return {"tracks": {"video-1-90p": {"init": head(), "segments": segments, **values}}, "iframes": shown}


def test_segments_of_all_chunks_are_numbered_through() -> None:
    found = renditions([a_chunk(0, 2), a_chunk(2, 1)], [])["video-1-90p"]

    assert [copy.name for copy in found.copies] == [f"video-1-90p/0000{n}.m4s" for n in (1, 2, 3)]
    assert [copy.key for copy in found.copies] == ["k0", "k1", "k2"]
    assert found.track.end == Fraction(3000, 12_800)


@pytest.mark.parametrize("second", [a_chunk(3, 1), a_chunk(1, 1), a_chunk(2, 1, init=head()[:-4] + "AAAA")])
def test_chunks_that_do_not_fit_are_not_one_set(second: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        renditions([a_chunk(0, 2), second], [])


def test_single_pictures_lie_one_chunk_behind_the_other() -> None:
    begins = len(base64.b64decode(head()))

    member, pieces = iframes([a_chunk(0, 2), a_chunk(2, 1)], Size(640, 360), Fraction(3000, 12_800))

    assert [(p.offset, p.size) for p in member.pictures] == [(begins, 22), (begins + 60, 22)]
    assert [piece.length for piece in pieces] == [begins, 60, 60]


def test_what_is_not_cut_says_why() -> None:
    options, media = AdaptiveOptions(), media_info(video=(video_stream(base_rate="25"),))

    assert why_whole(options, media) is None
    assert why_whole(AdaptiveOptions.model_validate({"encryption": "aes-128"}), media)
    assert why_whole(options, media_info(container="mpegts", demuxer="mpegts"))


def test_a_ladder_costs_one_decoding_and_every_encoding() -> None:
    options = AdaptiveOptions.model_validate({"ladder": [{"short_side": 1080}, {"short_side": 720}]})
    best = AdaptiveOptions.model_validate({"ladder": [{"short_side": 1080}]})
    media = media_info(video=(video_stream(width=1920, height=1080),), duration=3600.0)

    both, one = (model(plan_for(each, media), 10) for each in (options, best))

    assert one.rho < both.rho < 2 * one.rho
    assert (chunk_seconds(plan_for(options, media), media, asked=0, workers=10) or 0) >= 6


def test_a_worker_makes_its_own_pictures_on_a_clock_of_their_own() -> None:
    options = AdaptiveOptions()
    plan = plan_for(options, media_info(audio=(audio_stream(),)))
    span = Span(6.0, 12.0, 6.0, 0.0, 150, 1000, {"form": "mp4", "shown_from": None})
    own = part(span, plan.timing)

    command = " ".join(encode_part(options, plan, own, FOLDER))

    assert (own.begin, own.end) == (150, 300)
    assert "fps=25,trim=start=6.000000:end=12.000000,setpts=PTS-150,scale" in command
    assert "aresample" not in command and "stitchable=1" in command
    assert place(own.begin, plan.timing, 12_800, pictures=grid(plan.timing).segment) == Place(76_800, 1)
    assert "aresample" in " ".join(encode_beside(options, plan, FOLDER))
