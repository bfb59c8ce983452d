import pytest

from sluice.jobs import JobResult
from sluice.media import MediaInfo
from sluice.planning import limit_failure, plan, settle
from sluice.tasks import Status
from tests.builders import TASK_ID, a_picture, a_sound, a_subtask, a_task, media_info, video_stream

LIMITS = {"seconds": 100, "pixels": 1_000_000, "streams": 8}


def test_every_subtask_goes_to_its_state_with_ids_only() -> None:
    task = a_task(TASK_ID, "video", "screenshot")

    steps, more = plan(task, media_info())

    assert steps == [
        {"task_id": TASK_ID, "attempt": 1, "number": 1, "kind": "video", "needs": []},
        {"task_id": TASK_ID, "attempt": 1, "number": 2, "kind": "screenshot", "needs": []},
    ]
    assert not more


def test_a_subtask_that_has_ended_is_not_planned_again() -> None:
    task = a_task(subtasks=(a_subtask(number=1, status=Status.SUCCEEDED), a_subtask(number=2)))

    assert [step["number"] for step in plan(task, media_info()).steps] == [2]


def test_what_the_probe_has_settled_travels_with_its_result() -> None:
    (step,) = plan(a_task(), a_sound()).steps

    assert JobResult.model_validate(step["result"]).failure


def test_a_subtask_waits_for_those_it_comes_after() -> None:
    task = a_task(subtasks=(a_subtask(number=1), a_subtask(number=2, after=(1,)), a_subtask(number=3)))

    steps, more = plan(task, media_info())

    assert ([step["number"] for step in steps], more) == ([1, 3], True)


def test_a_subtask_is_due_when_those_before_it_have_ended() -> None:
    done = a_subtask(number=1, status=Status.SUCCEEDED)

    steps, more = plan(a_task(subtasks=(done, a_subtask(number=2, after=(1,)))), media_info())

    assert ([step["number"] for step in steps], more) == ([2], False)
    assert "result" not in steps[0]


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
def test_a_subtask_after_one_that_did_not_succeed_fails(status: Status) -> None:
    task = a_task(subtasks=(a_subtask(number=1, status=status), a_subtask(number=2, after=(1,))))

    (step,) = plan(task, media_info()).steps

    failure = JobResult.model_validate(step["result"]).failure
    assert failure and failure.code == "dependency_failed" and "Subtask 1" in failure.message


def test_a_subtask_after_one_that_was_skipped_is_skipped() -> None:
    skipped = a_subtask(number=1, status=Status.SUCCEEDED, skipped="no sound")

    (step,) = plan(a_task(subtasks=(skipped, a_subtask(number=2, after=(1,)))), media_info()).steps

    assert "was skipped" in (JobResult.model_validate(step["result"]).skipped or "")


@pytest.mark.parametrize(("condition", "done"), [("duration > 60", False), ("duration <= 60 and has_audio", True)])
def test_a_condition_on_the_probe_decides(condition: str, done: bool) -> None:
    (step,) = plan(a_task(subtasks=(a_subtask(condition=condition),)), media_info(duration=10.0)).steps

    assert ("result" not in step) is done
    assert done or condition in (JobResult.model_validate(step["result"]).skipped or "")


def test_work_on_an_earlier_output_begins_with_a_look_at_it() -> None:
    done = a_subtask(number=1, status=Status.SUCCEEDED)
    on_output = a_subtask(number=2, after=(1,), source={"subtask": 1, "name": "video.mp4"})

    (step,) = plan(a_task(subtasks=(done, on_output)), a_sound()).steps

    assert step["needs"] == ["source"] and "result" not in step


def test_a_kind_that_there_is_no_longer_fails() -> None:
    settled = settle(a_subtask("karaoke"), media_info())

    assert settled and settled.failure and settled.failure.code == "kind_unknown"


def test_options_that_are_no_longer_right_fail() -> None:
    settled = settle(a_subtask(options={"resolution": -1}), media_info())

    assert settled and settled.failure and settled.failure.code == "options_invalid"


@pytest.mark.parametrize("kind", ["video", "screenshot", "moderation"])
def test_what_was_asked_for_by_name_fails_on_a_source_without_picture(kind: str) -> None:
    settled = settle(a_subtask(kind), a_sound())

    assert settled and settled.failure and settled.failure.code == "source_has_no_video"
    assert settled.skipped is None


@pytest.mark.parametrize("kind", ["video", "screenshot", "moderation"])
def test_what_a_workflow_brought_is_skipped_on_a_source_without_picture(kind: str) -> None:
    settled = settle(a_subtask(kind, by_name=False), a_sound())

    assert settled and settled.skipped == "The file has no video stream, only sound."
    assert settled.failure is None


def test_a_still_is_no_film() -> None:
    settled = settle(a_subtask("video"), a_picture())

    assert settled and settled.failure and settled.failure.code == "source_is_picture"


def test_a_still_can_be_moderated() -> None:
    assert settle(a_subtask("moderation"), a_picture()) is None


@pytest.mark.parametrize("kind", ["video", "screenshot", "moderation"])
def test_a_film_is_fit_for_everything(kind: str) -> None:
    assert settle(a_subtask(kind), media_info()) is None


def test_a_still_after_the_end_of_the_film_can_not_be_had() -> None:
    settled = settle(a_subtask("screenshot", options={"times": [5, 10.01]}), media_info(duration=10.0))

    assert settled and settled.failure and settled.failure.code == "time_past_end"
    assert "10.00 s" in settled.failure.message


def test_a_source_at_the_limits_is_taken() -> None:
    at_limits = media_info(duration=100, stream_count=8, video=(video_stream(width=1000, height=1000),))

    assert limit_failure(at_limits, **LIMITS) is None


@pytest.mark.parametrize(
    ("media", "code"),
    [
        (media_info(duration=100.5), "source_too_long"),
        (media_info(stream_count=9), "source_too_many_streams"),
        (media_info(video=(video_stream(), video_stream(width=1001, height=1000))), "source_too_large"),
    ],
)
def test_a_source_past_a_limit_is_refused(media: MediaInfo, code: str) -> None:
    failure = limit_failure(media, **LIMITS)

    assert failure and failure.code == code


def test_a_source_without_a_known_duration_is_not_too_long() -> None:
    assert limit_failure(a_picture(), **LIMITS) is None
