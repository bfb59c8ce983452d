"""Whatever step is killed at whatever write: the task ends as if nothing had happened."""

import os
from collections.abc import Callable

import pytest

from sluice.aws.clients import dynamodb, s3, stepfunctions
from sluice.aws.items import from_item
from sluice.aws.slots import Slots
from sluice.aws.store import TaskStore
from sluice.aws.waiting import Queues
from sluice.clock import now
from sluice.tasks import Status, Task
from sluice.workflows import Workflow, shipped
from tests.clips import Clips
from tests.conftest import MEDIA, OUTPUTS, STATE_MACHINE, TABLE, Handler
from tests.faults import ByHand, Knife, When, knife

KEY = "uploads/clip.mp4"
EVENT = {"detail": {"bucket": {"name": MEDIA}, "object": {"key": KEY}}}
KINDS = {"metadata": "probe", "screenshot": "screenshot"}
# How many are tried. Every fourth of them here, all of them by `make faults`.
WRITES = 25

Function = Callable[[str], Handler]


@pytest.fixture(autouse=True)
def short_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads get two small subtasks."""
    subtasks = [{"kind": "metadata"}, {"kind": "screenshot", "options": {"count": 1}}]
    small = Workflow.model_validate({"name": "default", "subtasks": subtasks})
    monkeypatch.setattr("sluice.library.shipped", lambda: {**shipped(), "default": small})


@pytest.fixture
def uploaded(s3_by_http: list[str], clips: Clips) -> None:
    s3().put_object(Bucket=MEDIA, Key=KEY, Body=clips.film().read_bytes())


def processed(function: Function, knife: Knife) -> Task:
    """Upload, dispatch, run, each step again when it was killed."""
    steps = ByHand(function, KINDS, knife)
    task_id = steps.dispatch(EVENT)
    steps.run(task_id)
    return TaskStore(TABLE).get(task_id, at=now())


def check_all_is_well(task: Task) -> None:
    """One task, done once, nothing left over: what a run in peace leaves."""
    assert task.status is Status.SUCCEEDED
    assert [(s.kind, s.status, s.error) for s in task.subtasks] == [
        ("metadata", Status.SUCCEEDED, None),
        ("screenshot", Status.SUCCEEDED, None),
    ]
    made = [output for subtask in task.subtasks for output in subtask.outputs]
    assert [output.name for output in made] == ["metadata.json", "screenshot-001.jpg", "screenshots.zip"]
    stored = s3().list_objects_v2(Bucket=OUTPUTS)["Contents"]
    assert {item["Key"]: item["Size"] for item in stored} == {output.key: output.size for output in made}
    executions = stepfunctions().list_executions(stateMachineArn=STATE_MACHINE)["executions"]
    assert [execution["name"] for execution in executions] == [f"{task.id}-1"]
    tasks = [item for item in map(from_item, dynamodb().scan(TableName=TABLE)["Items"]) if item["sk"] == "task"]
    assert [item["pk"] for item in tasks] == [task.id]
    assert (Slots(TABLE).taken(), list(Queues(TABLE).of("default"))) == ({}, [])


@pytest.mark.usefixtures("uploaded")
def test_a_run_in_which_nobody_is_killed_has_no_more_writes_than_are_tried(function: Function) -> None:
    with knife() as one:
        check_all_is_well(processed(function, one))

    assert len(one.writes) <= WRITES


@pytest.mark.usefixtures("uploaded")
@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("at", range(1, WRITES + 1, int(os.environ.get("SLUICE_EVERY_WRITE", "4"))))
def test_a_step_killed_at_a_write_leaves_what_a_run_in_peace_leaves(at: int, when: When, function: Function) -> None:
    with knife(at, when) as one:
        check_all_is_well(processed(function, one))
