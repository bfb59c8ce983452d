from typing import Any

import pytest

from sluice.dialects.native.ittybit import (
    KINDS,
    Version,
    kind_of,
    options_of,
    status_for,
    subtasks_of,
    version_of,
)
from sluice.errors import InvalidRequest
from sluice.kinds import KINDS as OURS
from sluice.kinds import validated_options
from sluice.tasks import Status


@pytest.mark.parametrize(
    ("asked", "version"),
    [
        (None, Version.OWN),
        ("", Version.OWN),
        ("nonsense", Version.OWN),
        ("2025-08-20", Version.FIRST),
        ("2024-01-01", Version.FIRST),
        ("2025-12-01", Version.LATER),
        ("latest", Version.LATER),
    ],
)
def test_the_version_is_a_date_or_latest(asked: str | None, version: Version) -> None:
    assert version_of(asked) is version


def test_the_first_generation_hears_only_its_own_statuses() -> None:
    literals = {"pending", "waiting", "processing", "ready", "completed", "failed", "error", "cancelled"}

    assert {status_for(status, Version.FIRST) for status in Status} <= literals
    assert status_for(Status.SUCCEEDED, Version.FIRST) == "completed"
    assert [status_for(status, Version.LATER) for status in Status] == [status.value for status in Status]


def test_every_kind_of_ittybit_is_one_of_ours() -> None:
    documented = ["video", "image", "audio", "chapters", "subtitles", "description", "outline", "prompt", *KINDS]

    assert {kind_of(kind) for kind in documented} <= set(OURS)


@pytest.mark.parametrize("kind", ["conditions", "http"])
def test_what_is_no_work_on_a_file_is_refused_by_name(kind: str) -> None:
    with pytest.raises(InvalidRequest, match=kind) as raised:
        kind_of(kind)

    assert raised.value.code == "not_supported"


@pytest.mark.parametrize(
    ("kind", "options", "ours"),
    [
        ("video", {"format": "webm", "bitrate": 2_000_000}, {"container": "webm", "video_bitrate": 2_000_000}),
        (
            "video",
            {"codec": "h264", "quality": "high", "width": 640},
            {"codec": "h264", "quality": "high", "width": 640},
        ),
        ("image", {"start": 2, "quality": "high"}, {"time": 2, "quality": 85}),
        ("image", {"quality": 80}, {"quality": 80}),
        ("audio", {"format": "aac", "quality": "low"}, {"format": "m4a", "bitrate": 96_000}),
        ("audio", {"format": "flac", "quality": "low"}, {"format": "flac"}),
        ("adaptive", {"format": "hls"}, {}),
        ("subtitles", {"format": "srt"}, {"formats": ["srt"]}),
        ("sprite", {"width": 100}, {"tile_width": 100}),
    ],
)
def test_options_are_taken_by_ittybits_names_and_by_ours(
    kind: str, options: dict[str, Any], ours: dict[str, Any]
) -> None:
    assert options_of(kind, options) == ours
    assert options_of(kind, ours) == ours
    assert validated_options(kind, ours)


def test_an_option_that_comes_by_both_names_is_refused_later() -> None:
    options = options_of("video", {"format": "webm", "container": "mp4"})

    with pytest.raises(InvalidRequest) as raised:
        validated_options("video", options)
    assert raised.value.field == "options.format"


def test_steps_that_come_next_come_after() -> None:
    steps = [
        {"kind": "video", "next": [{"kind": "nsfw", "ref": "safe"}]},
        {"kind": "image", "width": 10, "options": {"width": 20}},
    ]

    found = subtasks_of(steps, "workflow")

    assert [(step["kind"], step["after"]) for step in found] == [("video", []), ("moderation", [1]), ("image", [])]
    assert (found[1]["ref"], found[2]["options"]) == ("safe", {"width": 20})


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([{}], "workflow.0.kind"),
        (["video"], "workflow.0.kind"),
        ([{"kind": "video", "options": 1}], "workflow.0.options"),
        ([{"kind": "video", "next": {}}], "workflow.0.next"),
        ([{"kind": "video", "next": [{"kind": "http"}]}], "workflow.0.next.0.kind"),
        ([{"kind": "video"}] * 51, "workflow.50"),
    ],
)
def test_a_step_that_can_not_be_is_refused_with_its_path(steps: list[Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        subtasks_of(steps, "workflow")

    assert raised.value.field == field
