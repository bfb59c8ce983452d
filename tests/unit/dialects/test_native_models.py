from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.dialects.native.asking import request_of, source_of
from sluice.dialects.native.http import parsed, say_error
from sluice.dialects.native.models import ListQuery, NewTask
from sluice.errors import InvalidRequest, SluiceError, TaskNotFound, Unauthorized
from sluice.tasks import Source

URL = "https://example.com/clip.mp4"


def refused(plain: Any, model: Any = NewTask) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as raised:
        parsed(model, plain)
    return raised.value


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ({}, []),
        ({"kind": "video"}, ["video"]),
        ({"kind": "video", "options": {"resolution": 480}}, ["video"]),
        ({"subtasks": [{"kind": "video"}, {"kind": "screenshot", "options": {}}]}, ["video", "screenshot"]),
    ],
)
def test_work_is_asked_for_by_kind_by_subtasks_or_not_at_all(asked: dict[str, Any], kinds: list[str]) -> None:
    wanted = parsed(NewTask, {"url": URL, **asked})

    assert [subtask.kind for subtask in request_of(wanted, Source(url=URL), "default", None).subtasks] == kinds


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        (None, None),
        ([], None),
        ("x", None),
        ({}, None),
        ({"url": URL, "input": {"bucket": "media", "key": "a"}}, None),
        ({"url": URL, "kind": "video", "subtasks": [{"kind": "video"}]}, None),
        ({"url": URL, "options": {}}, None),
        ({"url": 7}, "url"),
        ({"url": "x" * 2049}, "url"),
        ({"url": URL, "extra": 1}, "extra"),
        ({"url": URL, "subtasks": []}, "subtasks"),
        ({"url": URL, "subtasks": [{"kind": "video"}] * 51}, "subtasks"),
        ({"url": URL, "subtasks": [{"kind": "video", "option": {}}]}, "subtasks.0.option"),
        ({"url": URL, "subtasks": [{"kind": "video"}, {"options": {}}]}, "subtasks.1.kind"),
        ({"input": {"bucket": "media"}}, "input.key"),
        ({"input": {"bucket": "media", "key": ""}}, "input.key"),
    ],
)
def test_a_bad_request_names_the_field(plain: Any, field: str | None) -> None:
    error = refused(plain)

    assert error.field == field
    assert "Value error" not in error.message


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"status": "running"}, "status"),
        ({"status": "failed,gone"}, "status"),
        ({"has_failed": "perhaps"}, "has_failed"),
        ({"start_time": "yesterday"}, "start_time"),
        ({"end_time": "0001-01-01T00:00:00+14:00"}, "end_time"),
        ({"start_time": "9999-12-31T23:59:59-14:00"}, "start_time"),
        ({"scroll_token": "x" * 501}, "scroll_token"),
        ({"page": "0"}, "page"),
    ],
)
def test_a_bad_query_names_the_parameter(query: dict[str, str], field: str) -> None:
    assert refused(query, ListQuery).field == field


def test_a_time_without_a_zone_is_utc() -> None:
    query = parsed(ListQuery, {"start_time": "2026-11-21T12:00:00", "end_time": "2026-11-21T13:00:00+01:00"})

    assert query.start_time == query.end_time
    assert query.start_time and query.start_time.isoformat() == "2026-11-21T12:00:00+00:00"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from([*NewTask.model_fields, "extra"])


@given(st.dictionaries(MEMBERS, JSON, max_size=4))
def test_any_json_is_a_request_or_is_refused(plain: dict[str, Any]) -> None:
    try:
        wanted = parsed(NewTask, plain)
    except InvalidRequest as error:
        assert error.message
    else:
        assert wanted.url is not None or wanted.input


def test_a_url_of_the_media_bucket_is_a_file_in_it() -> None:
    source = source_of(NewTask(url="s3://media/uploads/a b.mp4"))

    assert (source.bucket, source.key, source.url) == ("media", "uploads/a b.mp4", None)


def test_a_url_of_the_web_is_fetched_later() -> None:
    source = source_of(NewTask(url=URL))

    assert (source.bucket, source.key, source.url) == (None, None, URL)


@pytest.mark.parametrize(
    ("plain", "code", "field"),
    [
        ({"url": "s3://other/a.mp4"}, "bucket_not_allowed", "url"),
        ({"url": "s3://outputs/a.mp4"}, "bucket_not_allowed", "url"),
        ({"url": "s3://media"}, "url_invalid", "url"),
        ({"url": "s3://media/"}, "url_invalid", "url"),
        ({"url": "s3://"}, "bucket_not_allowed", "url"),
        ({"url": "ftp://example.com/"}, "url_invalid", "url"),
        ({"url": ""}, "url_invalid", "url"),
        ({"input": {"bucket": "other", "key": "a.mp4"}}, "bucket_not_allowed", "input.bucket"),
    ],
)
def test_a_source_that_may_not_be_read_is_refused(plain: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        source_of(parsed(NewTask, plain))

    assert (raised.value.code, raised.value.field) == (code, field)


def test_an_error_is_said_with_its_stable_kind_and_its_status() -> None:
    answer = say_error(TaskNotFound("x"))

    assert answer.status_code == 404
    assert answer.body and '"kind":"task_not_found"' in answer.body


def test_a_missing_key_is_said_with_how_to_give_one() -> None:
    assert say_error(Unauthorized("no")).headers["WWW-Authenticate"] == "Bearer"


def test_an_error_of_our_own_is_a_500() -> None:
    assert say_error(SluiceError("Something went wrong.")).status_code == 500
