from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.errors import InvalidRequest
from sluice.jobs import JobRef
from sluice.kinds import validated_options
from sluice.kinds.spans import is_backward, placed
from sluice.planning import settle
from sluice.tasks import Subtask
from sluice.worker import job_of
from tests.builders import MOMENT, a_source, a_task, media_info

SECONDS = st.floats(-1000, 1000).map(lambda seconds: round(seconds, 3))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"start": -4}, {"start": 6.0}),
        ({"end": -2.5}, {"end": 7.5}),
        ({"start": -4, "end": -2.5, "crf": 20}, {"start": 6.0, "end": 7.5, "crf": 20}),
        ({"start": -40, "end": 3}, {"start": 0.0, "end": 3}),
        ({"start": 1, "end": 3}, {"start": 1, "end": 3}),
        ({"start": None}, {"start": None}),
    ],
)
def test_negative_times_are_counted_from_the_end(given: dict[str, Any], found: dict[str, Any]) -> None:
    assert placed(given, 10.0) == found


def test_without_a_known_length_times_stay_as_they_are() -> None:
    assert placed({"start": -4}, None) == {"start": -4}


@given(start=SECONDS, end=SECONDS, duration=st.floats(0.1, 500))
def test_what_is_told_to_be_backward_is_so_in_every_file(start: float, end: float, duration: float) -> None:
    found = placed({"start": start, "end": end}, duration)

    assert found["start"] >= 0 and found["end"] >= 0
    if is_backward(start, end):
        assert found["end"] <= found["start"]


@pytest.mark.parametrize("kind", ["video", "audio"])
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"start": -4}, None),
        ({"end": -4}, None),
        ({"start": 2, "end": -4}, None),
        ({"start": -4, "end": -1}, None),
        ({"start": 8, "end": -4}, "options_invalid"),
        ({"start": -2, "end": 5}, "options_invalid"),
        ({"end": -20}, "options_invalid"),
    ],
)
def test_whether_anything_lies_between_two_ends_is_told_by_the_file(
    kind: str, given: dict[str, Any], code: str | None
) -> None:
    validated_options(kind, given)

    settled = settle(Subtask(number=1, kind=kind, options=given, created_at=MOMENT), media_info(duration=10.0))

    assert (settled and settled.failure and settled.failure.code) == code


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_a_file_without_a_length_has_no_end_to_count_from(kind: str) -> None:
    subtask = Subtask(number=1, kind=kind, options={"start": -4}, created_at=MOMENT)

    settled = settle(subtask, media_info(duration=None))

    assert settled and settled.failure and settled.failure.code == "time_past_end"


@pytest.mark.parametrize("given", [{"start": -2, "end": -4}, {"start": -2, "end": -2}, {"end": 0}, {"start": -1e9}])
def test_what_can_hold_nothing_is_refused_at_once(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        validated_options("video", given)


def test_a_worker_gets_times_from_the_beginning() -> None:
    task = a_task(source=a_source(media=media_info(duration=10.0)))
    asked = task.subtasks[0].model_copy(update={"options": {"start": -4, "end": -1}})
    ref = JobRef(task_id=task.id, attempt=1, number=1, kind="video")

    job = job_of(ref, task.model_copy(update={"subtasks": (asked,)}))

    assert job.options == {"start": 6.0, "end": 9.0}
