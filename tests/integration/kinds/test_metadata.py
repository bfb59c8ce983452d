"""The probe as a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sluice.jobs import JobRef, JobResult
from sluice.kinds.metadata.run import run
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import Handler


def tagged(clips: Clips) -> Path:
    """A film with a title and two chapters."""
    notes = clips.folder / "chapters.txt"
    chapters = "".join(f"[CHAPTER]\nTIMEBASE=1/10\nSTART={n * 5}\nEND={n * 5 + 5}\ntitle=Part {n}\n" for n in range(2))
    notes.write_text(f";FFMETADATA1\ntitle=Näme\n{chapters}")
    arguments = ("-i", str(clips.film()), "-i", str(notes), "-map_metadata", "1", "-map_chapters", "1", "-c", "copy")
    return clips.make("tagged.mp4", *arguments)


def report(result: JobResult, bench: Bench) -> tuple[str, dict[str, Any]]:
    assert result.failure is None, result.failure
    (output,) = result.outputs
    assert (output.name, output.type) == ("metadata.json", "application/json")
    text = bench.made(output).read_text()
    return text, json.loads(text)


def test_all_that_the_probe_says_is_written_down_but_not_the_address(clips: Clips, bench: Bench) -> None:
    result = bench.perform(bench.validated(tagged(clips), kind="metadata"), run)

    text, found = report(result, bench)
    assert found["format"]["tags"]["title"] == "Näme"
    assert [stream["codec_name"] for stream in found["streams"]] == ["h264", "aac", "bin_data"]
    assert [chapter["tags"]["title"] for chapter in found["chapters"]] == ["Part 0", "Part 1"]
    assert "filename" not in found["format"]
    assert "http" not in text and "Signature" not in text and "uploads/" not in text
    assert result.result and result.result["tags"]["title"] == "Näme"
    assert (result.result["chapters"], result.result["video_streams"], result.result["audio_streams"]) == (2, 1, 1)


def test_a_sound_and_a_picture_have_metadata_too(clips: Clips, bench: Bench) -> None:
    for clip, codec in ((clips.sound(), "mp3"), (clips.photo(), "mjpeg")):
        _, found = report(bench.perform(bench.validated(clip, kind="metadata"), run), bench)
        assert found["streams"][0]["codec_name"] == codec


def test_the_probe_function_does_the_work_of_the_kind_beside_its_own(
    clips: Clips, bench: Bench, function: Callable[[str], Handler]
) -> None:
    task = bench.validated(clips.photo(), kind="metadata")

    answer = function("probe")(JobRef(task_id=task.id, attempt=1, number=1, kind="metadata").model_dump())

    assert answer["outputs"][0]["name"] == "metadata.json"
