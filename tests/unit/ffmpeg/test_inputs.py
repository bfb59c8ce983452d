import pytest

from sluice.ffmpeg.inputs import DEMUXERS, PROTOCOLS, guards, source_input

OPENS_OTHER_FILES = {"hls", "dash", "concat", "concatf", "image2", "image2pipe", "tee", "lavfi", "webm_dash_manifest"}
OPENS_OTHER_FILES |= {"svg_pipe", "imf", "rtsp", "sdp", "ass", "srt", "webvtt", "subviewer", "x11grab", "fbdev", "alsa"}


def test_no_demuxer_is_allowed_that_could_open_another_file() -> None:
    assert not OPENS_OTHER_FILES & set(DEMUXERS)
    assert len(DEMUXERS) == len(set(DEMUXERS))


def test_only_protocols_of_the_web_are_allowed() -> None:
    assert set(PROTOCOLS.split(",")) == {"http", "https", "tcp", "tls"}


def test_the_guards_stand_before_the_input_and_the_demuxer_is_forced() -> None:
    arguments = source_input("https://signed/clip", "mov", max_pixels=100)

    assert arguments[:-4] == guards(100)
    assert arguments[-4:] == ["-f", "mov", "-i", "https://signed/clip"]
    assert arguments[arguments.index("-max_pixels") + 1] == "100"


def test_a_start_is_sought_in_the_input() -> None:
    arguments = source_input("https://signed/clip", "mov", max_pixels=100, start=1.5)

    assert arguments[-4:] == ["-ss", "1.500000", "-i", "https://signed/clip"]


@pytest.mark.parametrize("start", [None, 0, 0.0])
def test_the_beginning_is_not_sought(start: float | None) -> None:
    assert "-ss" not in source_input("https://signed/clip", "mov", max_pixels=100, start=start)


def test_a_known_source_is_asked_for_on_condition_that_it_is_still_that_one() -> None:
    arguments = guards(100, "0123abcd")

    assert arguments[arguments.index("-headers") + 1] == 'If-Match: "0123abcd"\r\n'
    assert "-headers" not in guards(100)
