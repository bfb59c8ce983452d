"""Which requests are in this dialect, how their parameters are read, how errors are said."""

import base64
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from sluice.dialects import dialect_of
from sluice.dialects.tencent import http
from sluice.dialects.tencent.errors import Refusal
from sluice.dialects.tencent.models import DescribeTasks, ProcessMedia, parsed
from sluice.dialects.tencent.places import Places
from sluice.dialects.tencent.translate import process_media
from sluice.errors import BadSource, InvalidRequest, SluiceError, TaskNotFound, TooManyRequests, Unavailable
from tests.gateway import as_event
from tests.template import event as example


def an_event(method: str = "POST", target: str = "/", **headers: str) -> APIGatewayProxyEventV2:
    return APIGatewayProxyEventV2(as_event(method, target, headers, b"{}"))


@pytest.mark.parametrize(
    "event",
    [
        an_event(),
        an_event("PUT"),
        an_event("GET", "/?Action=DescribeTasks&Version=2019-06-12"),
        an_event("GET", **{"X-TC-Action": "DescribeTasks"}),
        an_event("GET", authorization="TC3-HMAC-SHA256 Credential=…"),
        an_event("POST", "/prod", **{"x-tc-version": "2019-06-12"}),
        an_event("GET", "/", accept="text/html", **{"x-tc-action": "x"}),
    ],
)
def test_what_has_a_sign_of_the_service_is_in_this_dialect(event: APIGatewayProxyEventV2) -> None:
    assert dialect_of(event).name == "tencent"


@pytest.mark.parametrize(
    "event",
    [
        an_event("GET", "/", accept="text/html,*/*"),
        an_event("GET", "/"),
        an_event("HEAD", "/"),
        an_event("OPTIONS", "/"),
        an_event("POST", "/tasks", authorization="Bearer sk_x"),
        an_event("GET", "/tasks?Action=x"),
        an_event("POST", "/v1/access_token"),
    ],
)
def test_what_has_none_is_in_another(event: APIGatewayProxyEventV2) -> None:
    assert dialect_of(event).name != "tencent"


def test_what_is_signed_is_the_raw_body() -> None:
    body = b'{"Text":  "\\u00e4\xc3\xa4"}'
    plain = as_event("POST", "/", {"content-type": "application/json"}, body)
    packed = {**plain, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}

    for event in (plain, packed):
        assert http.request_of(APIGatewayProxyEventV2(event)).signed.payload == body


def test_ten_megabytes_are_enough() -> None:
    with pytest.raises(Refusal) as refused:
        http.request_of(APIGatewayProxyEventV2(as_event("POST", "/", {}, b" " * 10_000_001)))

    assert refused.value.code == "RequestSizeLimitExceeded"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {}),
        ("Status=FINISH&Limit=5", {"Status": "FINISH", "Limit": "5"}),
        ("A.B.C=1&A.B.D=%2B", {"A": {"B": {"C": "1", "D": "+"}}}),
        ("S.0.D=10&S.1.D=20&S.1.T.0=1.5", {"S": [{"D": "10"}, {"D": "20", "T": ["1.5"]}]}),
        ("S.1=b&S.0=a", {"S": ["a", "b"]}),
        ("A=", {"A": ""}),
    ],
)
def test_flat_names_are_the_nested_parameters(query: str, found: dict[str, Any]) -> None:
    assert http.unflattened(query) == found


@pytest.mark.parametrize(
    "query",
    ["A=1&A=2", "A=1&A.B=2", "A.B=2&A=1", "S.0=a&S.2=c", "S.1=a", "A..B=1", ".=1", ".".join("a" * 50) + "=1",
     "&".join(f"S.{n}=1" for n in range(2000))],
)  # fmt: skip
def test_flat_names_that_contradict_each_other_are_refused(query: str) -> None:
    with pytest.raises(Refusal) as refused:
        http.unflattened(query)

    assert refused.value.code == "InvalidParameter"


@given(st.text())
def test_any_query_is_read_or_refused(query: str) -> None:
    try:
        assert isinstance(http.unflattened(query), dict)
    except Refusal as refusal:
        assert refusal.code == "InvalidParameter"


def test_words_and_numbers_of_a_query_are_read_as_what_they_say() -> None:
    asked = parsed(DescribeTasks, http.unflattened("Status=FINISH&Limit=5&SubTaskHasFailed=True"))

    assert (asked.Limit, asked.SubTaskHasFailed) == (5, True)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SluiceError("Oops."), "InternalError"),
        (TaskNotFound("x"), "ResourceNotFound"),
        (BadSource("Gone.", code="source_missing"), "InvalidParameterValue.SrcFile"),
        (InvalidRequest("No.", field="url"), "InvalidParameterValue"),
        (Unavailable("Later."), "ServiceUnavailable"),
        (TooManyRequests("Slowly."), "RequestLimitExceeded"),
        (Refusal("InvalidAction", "What?"), "InvalidAction"),
    ],
)
def test_an_error_is_an_answer_like_any_other(error: SluiceError, code: str) -> None:
    answer = http.say_error(error)
    found = json.loads(answer.body or "")["Response"]

    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert found["Error"] == {"Code": code, "Message": error.message} and found["RequestId"]
    assert ("Retry-After" in answer.headers) is isinstance(error, TooManyRequests)


def test_the_example_in_events_is_a_request_that_can_be_carried_out() -> None:
    request = http.request_of(APIGatewayProxyEventV2(example("tencent_process_media")))
    asked = parsed(ProcessMedia, http.parameters(request.signed))

    found = process_media(asked, Places("media", "outputs", "us-east-1"), "default")

    assert (request.action, found.priority, found.notify and found.notify.change) == ("ProcessMedia", 5, False)
    assert [subtask.kind for subtask in found.subtasks] == ["video", "screenshot", "adaptive", "moderation"]
