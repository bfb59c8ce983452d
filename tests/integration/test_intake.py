from datetime import timedelta
from typing import Any

import pytest

from sluice.aws import files
from sluice.aws.clients import dynamodb, s3, stepfunctions
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.errors import BadSource, Conflict, InvalidRequest
from sluice.ids import upload_id
from sluice.intake import TaskRequest, resumed, submit_request, submit_upload
from sluice.kinds import validated_options
from sluice.requests import filled
from sluice.tasks import Source, Status, SubtaskRequest, new_task
from sluice.workflows import DEFAULT, shipped
from tests.builders import a_request
from tests.conftest import MEDIA, STATE_MACHINE, TABLE, Handler
from tests.template import event

pytestmark = pytest.mark.usefixtures("aws")

KEY = "uploads/clip.mp4"
AWKWARD = [
    "uploads/holiday film +1 50%20.mp4",
    "uploads/a b+c%20d%2Fe.mp4",
    "uploads/Käse & Wein = 100 % #1?.mp4",
    "uploads/影片/🎬 क्लिप.mp4",
    "uploads//two//slashes.mp4",
    "uploads/../up.mp4",
    "uploads/'quoted\" <tag>.mp4",
    "uploads/" + "x" * 1000,
]


def put(key: str = KEY, content: bytes = b"film") -> None:
    s3().put_object(Bucket=MEDIA, Key=key, Body=content)


def executions() -> list[str]:
    found = stepfunctions().list_executions(stateMachineArn=STATE_MACHINE)["executions"]
    return sorted(execution["name"] for execution in found)


def input_of(name: str) -> str:
    arn = f"{STATE_MACHINE.replace(':stateMachine:', ':execution:')}:{name}"
    return stepfunctions().describe_execution(executionArn=arn)["input"]


def asked(*subtasks: SubtaskRequest, **values: Any) -> TaskRequest:
    return TaskRequest(**{"source": Source(bucket=MEDIA, key=KEY), "subtasks": subtasks, **values})


def asked_by(tenant: str, *subtasks: SubtaskRequest, **values: Any) -> TaskRequest:
    """A request about a file of this tenant's own."""
    put(f"uploads/{tenant}/clip.mp4")
    return asked(*subtasks, source=Source(bucket=MEDIA, key=f"uploads/{tenant}/clip.mp4"), tenant=tenant, **values)


def upload_event(key: str) -> dict[str, Any]:
    uploaded = event("s3_object_created")
    uploaded["detail"]["bucket"]["name"] = MEDIA
    uploaded["detail"]["object"]["key"] = key
    return uploaded


# ── uploads ───────────────────────────────────────────────────────────────────────────────────


def test_an_upload_becomes_a_recorded_started_task() -> None:
    put()

    task = submit_upload(MEDIA, KEY)

    assert TaskStore(TABLE).get(task.id, at=now()) == task
    assert (task.trigger, task.workflow, task.status) == ("upload", DEFAULT, Status.WAITING)
    assert [subtask.kind for subtask in task.subtasks] == [subtask.kind for subtask in shipped()[DEFAULT].subtasks]
    assert (task.source.bucket, task.source.key, task.source.size) == (MEDIA, KEY, 4)
    assert executions() == [f"{task.id}-1"]
    assert input_of(f"{task.id}-1") == f'{{"task_id": "{task.id}", "attempt": 1, "fetch": false}}'


def test_the_same_upload_again_is_the_same_task_and_one_execution() -> None:
    put()

    tasks = [submit_upload(MEDIA, KEY) for _ in range(3)]

    assert len({task.id for task in tasks}) == 1
    assert len(executions()) == 1


def test_an_upload_that_comes_again_while_its_task_runs_changes_nothing() -> None:
    put()
    task = submit_upload(MEDIA, KEY)
    TaskStore(TABLE).move(task, Status.VALIDATING)

    again = submit_upload(MEDIA, KEY)

    assert again.status is Status.VALIDATING
    assert len(executions()) == 1


def test_an_overwritten_upload_is_another_task() -> None:
    put(content=b"first")
    first = submit_upload(MEDIA, KEY)
    put(content=b"second")

    second = submit_upload(MEDIA, KEY)

    assert first.id != second.id
    assert executions() == sorted([f"{first.id}-1", f"{second.id}-1"])


def test_the_same_content_at_another_key_is_another_task() -> None:
    put("uploads/a.mp4")
    put("uploads/b.mp4")

    assert submit_upload(MEDIA, "uploads/a.mp4").id != submit_upload(MEDIA, "uploads/b.mp4").id


def test_a_crash_between_the_record_and_the_start_is_mended_by_the_repeated_event() -> None:
    put()
    head = files.head(MEDIA, KEY)
    chosen = shipped()[DEFAULT]
    task = new_task(
        upload_id(MEDIA, KEY, head.etag, head.modified),
        Source(bucket=MEDIA, key=KEY, etag=head.etag, size=head.size),
        [filled(request) for request in chosen.requests],
        trigger="upload",
        workflow=chosen.name,
        created_at=now() - timedelta(minutes=1),
        retention=timedelta(days=7),
    )
    TaskStore(TABLE).create(task)

    mended = submit_upload(MEDIA, KEY)

    assert mended == task
    assert executions() == [f"{task.id}-1"]


def test_an_upload_that_has_gone_is_said_so() -> None:
    with pytest.raises(BadSource) as gone:
        submit_upload(MEDIA, "uploads/gone.mp4")

    assert gone.value.code == "source_missing"


# ── requests ──────────────────────────────────────────────────────────────────────────────────


def test_two_equal_requests_are_two_tasks() -> None:
    put()

    tasks = [submit_request(asked_by("acme", a_request("video"))) for _ in range(2)]

    assert len({task.id for task in tasks}) == len(executions()) == 2
    assert [(task.tenant, task.trigger, task.workflow) for task in tasks] == [("acme", "api", None)] * 2


def test_a_request_is_recorded_with_its_options_filled_in() -> None:
    put()

    task = submit_request(asked(a_request(options={"resolution": 480})))

    assert task.subtasks[0].options == validated_options("video", {"resolution": 480})
    assert len(task.subtasks[0].options) > 1
    assert task.subtasks[0].by_name


def test_a_request_for_nothing_special_gets_the_default_workflow() -> None:
    put()

    task = submit_request(asked())

    assert task.workflow == DEFAULT
    assert not any(subtask.by_name for subtask in task.subtasks)


def test_a_source_of_the_web_is_to_be_fetched() -> None:
    task = submit_request(asked(a_request(), source=Source(url="https://example.com/a.mp4")))

    assert '"fetch": true' in input_of(f"{task.id}-1")


@pytest.mark.parametrize(
    ("requests", "field"),
    [
        ([a_request(), a_request(options={"colour": 9})], "subtasks.1.options.colour"),
        ([a_request("karaoke")], "subtasks.0.kind"),
        ([a_request()] * 51, "subtasks"),
    ],
)
def test_a_request_that_can_not_be_leaves_nothing_behind(requests: list[SubtaskRequest], field: str) -> None:
    put()

    with pytest.raises(InvalidRequest) as refused:
        submit_request(asked(*requests))

    assert refused.value.field == field
    assert executions() == []
    assert dynamodb().scan(TableName=TABLE)["Count"] == 0


def test_a_request_about_a_file_that_is_not_there_leaves_nothing_behind() -> None:
    with pytest.raises(BadSource):
        submit_request(asked(a_request(), source=Source(bucket=MEDIA, key="uploads/gone.mp4")))

    assert executions() == []


def test_a_task_that_has_ended_is_not_started_again() -> None:
    put()
    task = submit_upload(MEDIA, KEY)
    TaskStore(TABLE).move(task, Status.CANCELLED)

    assert resumed(task.id).status is Status.CANCELLED
    assert len(executions()) == 1


def test_a_file_of_another_tenant_s_is_as_good_as_none() -> None:
    put("incoming/other/clip.mp4")

    for source in (Source(bucket=MEDIA, key="incoming/other/clip.mp4"), Source(bucket=MEDIA, key="incoming/none.mp4")):
        with pytest.raises(BadSource) as refused:
            submit_request(asked(a_request(), source=source))
        assert refused.value.code == "source_missing"


# ── requests that say who they are ────────────────────────────────────────────────────────────


def test_a_request_that_comes_again_under_its_key_is_the_same_task() -> None:
    put()

    first, again = (submit_request(asked(a_request(), once_key="order 7")) for _ in range(2))

    assert first.id == again.id
    assert executions() == [f"{first.id}-1"]


def test_a_key_is_its_tenants_own() -> None:
    put()

    one, other = (submit_request(asked_by(name, a_request(), once_key="order 7")) for name in ("acme", "else"))

    assert one.id != other.id


def test_a_key_that_was_used_for_another_request_is_refused() -> None:
    put()
    submit_request(asked(a_request(), once_key="order 7"))

    with pytest.raises(Conflict) as refused:
        submit_request(asked(a_request(options={"resolution": 240}), once_key="order 7"))

    assert refused.value.code == "idempotency_key_reused"
    assert len(executions()) == 1


def test_two_requests_of_one_key_at_once_are_one_task(monkeypatch: pytest.MonkeyPatch) -> None:
    put()
    first = submit_request(asked(a_request(), once_key="order 7"))
    looked_too_early = iter([None])
    once = TaskStore.once
    monkeypatch.setattr(TaskStore, "once", lambda *given: next(looked_too_early, once(*given)))

    second = submit_request(asked(a_request(), once_key="order 7"))

    assert second.id == first.id
    assert len(executions()) == 1


# ── the dispatcher ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", AWKWARD)
def test_the_key_of_an_event_is_taken_as_it_is(key: str, function: Any) -> None:
    dispatch: Handler = function("dispatcher")
    put(key)

    answer = dispatch(upload_event(key))

    task = TaskStore(TABLE).get(answer["task_id"], at=now())
    assert (task.source.key, task.source.size) == (key, 4)
    assert executions() == [f"{task.id}-1"]


def test_an_event_of_a_file_that_has_gone_is_no_fault(function: Any) -> None:
    answer = function("dispatcher")(upload_event("uploads/gone.mp4"))

    assert answer == {"task_id": None, "reason": "source_missing"}
    assert executions() == []
