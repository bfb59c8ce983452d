"""Options, languages, subtitles, boxes and the filter graph."""

from typing import Any

import pytest

from sluice.errors import InvalidRequest
from sluice.kinds import validated_options
from sluice.kinds.adaptive import AdaptiveOptions, references, refuse
from sluice.kinds.adaptive.cmaf import boxes
from sluice.kinds.adaptive.command import graph, video_codec
from sluice.kinds.adaptive.languages import distinct, name, tag
from sluice.kinds.adaptive.run import left_out, plan_for
from sluice.kinds.adaptive.subtitles import as_text, demuxer
from sluice.media import SubtitleStream
from tests.builders import audio_stream, media_info, video_stream


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"segment_seconds": 0}, "options.segment_seconds"),
        ({"codec": "vp8"}, "options.codec"),
        ({"ladder": []}, "options.ladder"),
        ({"ladder": [{"short_side": 240}] * 2}, "options.ladder"),
        ({"ladder": [{"short_side": 0}]}, "options.ladder.0.short_side"),
        ({"encryption": "rot13"}, "options.encryption"),
        ({"subtitles": [{"file": {"key": "a.srt"}, "language": "Deutsch!"}]}, "options.subtitles.0.language"),
    ],
)
def test_an_impossible_option_is_refused_by_its_path(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validated_options("adaptive", options)

    assert refused.value.field == field


@pytest.mark.parametrize(("codec", "refused"), [("h264", False), ("h265", True), ("av1", True)])
def test_a_picture_too_small_for_its_encoder_is_refused(codec: str, refused: bool) -> None:
    tiny = media_info(video=(video_stream(width=2, height=2),))

    refusal = refuse(AdaptiveOptions.model_validate({"codec": codec}), tiny)

    assert (refusal is not None) is refused


def test_side_files_are_told_as_references() -> None:
    options = AdaptiveOptions.model_validate({"subtitles": [{"file": {"key": "a.srt"}, "language": "de"}]})

    assert references(options)["subtitles.0.file"].expected == "subtitles"


@pytest.mark.parametrize(
    ("code", "found", "shown"),
    [("eng", "en", "English"), ("ger", "de", "German"), ("pt-BR", "pt-BR", "Portuguese (BR)"), ("tlh", "tlh", "tlh")],
)
def test_a_language_is_named(code: str, found: str, shown: str) -> None:
    assert (tag(code), name(tag(code))) == (found, shown)


@pytest.mark.parametrize("code", [None, "und", "", 'x" onload='])
def test_what_names_no_language_has_no_tag(code: str | None) -> None:
    assert tag(code) is None


def test_menu_entries_can_be_told_apart() -> None:
    assert distinct(["English", "Sound", "English"]) == ["English", "Sound", "English 2"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xef\xbb\xbfWEBVTT\n", "webvtt"),
        (b"[Script Info]\n", "ass"),
        (b"1\r\n00:00:01,000 --> 00:00:02,000\r\n\xe9t\xe9\r\n", "srt"),
        ("1\n00:00:01,000 --> 00:00:02,000\nété\n".encode("utf-16"), "srt"),
        (b"#EXTM3U\nhttp://10.0.0.1/\n", None),
    ],
)
def test_subtitle_files_are_known_by_what_is_in_them(content: bytes, found: str | None) -> None:
    assert demuxer(as_text(content)) == found


def test_boxes_of_no_size_end() -> None:
    assert [box.name for box in boxes(bytes(4) + b"free" + bytes(4) + b"skip")] == ["free", "skip"]


def test_every_rung_and_the_single_pictures_come_from_one_decoding() -> None:
    options = AdaptiveOptions()
    plan = plan_for(options, media_info(audio=(audio_stream(), audio_stream(index=2))))

    found = graph(options, plan)

    assert found.count("[0:0]") == 1 and "split=5" in found
    assert "[0:1]aresample" in found and "[0:2]aresample" in found


def test_keyframes_lie_at_the_same_frames_in_every_codec() -> None:
    ladder = [{"short_side": 360, "codec": codec} for codec in ("h264", "h265", "av1")]
    options = AdaptiveOptions.model_validate({"ladder": ladder, "rate_control": "abr"})
    plan = plan_for(options, media_info())

    for rendition in plan.renditions:
        command = video_codec(options, rendition, plan.timing)
        assert command[-4:] == ["-g", "50", "-keyint_min", "50"] and "-b:v" in command


def test_what_cannot_go_into_a_set_is_told() -> None:
    texts = (SubtitleStream(index=20, codec="hdmv_pgs_subtitle"), SubtitleStream(index=21, codec="subrip"))
    media = media_info(audio=tuple(audio_stream(index=n) for n in range(1, 11)), subtitles=texts)

    plan = plan_for(AdaptiveOptions(), media)

    assert [stream.index for _, stream in plan.subtitles] == [21] and len(plan.audio) == 8
    assert left_out(plan, media) == [
        "2 sound tracks beyond the first 8",
        "1 subtitle streams that are pictures, not text",
    ]


def test_interlaced_and_hdr_film_is_made_ordinary_before_it_is_split() -> None:
    video = video_stream(interlaced=True, hdr="hdr10", bit_depth=10)
    options = AdaptiveOptions()

    trunk = graph(options, plan_for(options, media_info(video=(video,)))).partition("split=")[0]

    assert trunk.index("bwdif") < trunk.index("fps=") < trunk.index("tonemap")
