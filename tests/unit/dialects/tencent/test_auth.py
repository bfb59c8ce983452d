"""TC3-HMAC-SHA256, by vectors that the vendor's SDK has made."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.dialects.tencent import auth
from sluice.dialects.tencent.auth import Authorization, Signed
from sluice.dialects.tencent.errors import Refusal

SECRET_ID, SECRET_KEY = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
HOST, TIMESTAMP, DAY = "127.0.0.1:8080", 1551113065, "2019-02-25"
BODY, QUERY = b'{"Status": "FINISH", "Limit": "5"}', "Status=FINISH&Limit=5"
OF_POST = "c1bc9d7f6dc696a129dce267810a4480745acefdf1e26c113f36f7acddc9f529"
OF_GET = "1ecf4b516b207b2844fa6059ec5fdda20efeb2d0298db64f9a6d27f2b3d932bf"


def a_post(**headers: str) -> Signed:
    return Signed("POST", {"content-type": "application/json", "host": HOST, **headers}, "", BODY)


def a_get(query: str = QUERY) -> Signed:
    return Signed("GET", {"content-type": "application/x-www-form-urlencoded", "host": HOST}, query, b"")


def authorization(
    signature: str, names: str = "content-type;host", day: str = DAY, service: str = "mps"
) -> Authorization:
    header = (
        f"TC3-HMAC-SHA256 Credential={SECRET_ID}/{day}/{service}/tc3_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return auth.parsed(header)


def verified(request: Signed, given: Authorization, secret_key: str = SECRET_KEY, timestamp: int = TIMESTAMP) -> bool:
    try:
        auth.verify(request, given, secret_key, timestamp)
    except Refusal as refusal:
        assert refusal.code == "AuthFailure.SignatureFailure"
        return False
    return True


def signed(canonical: str) -> str:
    return auth.signature(canonical, DAY, TIMESTAMP, SECRET_KEY)


@pytest.mark.parametrize(("request_", "signature"), [(a_post(), OF_POST), (a_get(), OF_GET)])
def test_what_the_sdk_has_signed_is_found_right(request_: Signed, signature: str) -> None:
    assert verified(request_, authorization(signature))
    assert verified(request_, authorization(signature.upper()))


def test_the_first_way_of_writing_a_request_down_is_the_sdks() -> None:
    assert signed(next(iter(auth.canonical_requests(a_post(), ("content-type", "host"))))) == OF_POST


@pytest.mark.parametrize(
    "changed",
    [
        a_post()._replace(payload=BODY + b" "),
        a_post()._replace(method="GET"),
        a_post(host="127.0.0.1:8081"),
        a_post(**{"content-type": "text/plain"}),
        a_post(**{"x-tc-content-sha256": "UNSIGNED-PAYLOAD"}),
        a_post()._replace(query="a=b"),
    ],
)
def test_a_changed_request_is_found_out(changed: Signed) -> None:
    assert not verified(changed, authorization(OF_POST))


@pytest.mark.parametrize("query", ["Status=FINISH&Limit=50", "Limit=5&Status=FINISH", ""])
def test_a_changed_query_is_found_out(query: str) -> None:
    assert not verified(a_get(query), authorization(OF_GET))


def test_another_key_another_day_and_another_service_are_found_out() -> None:
    assert not verified(a_post(), authorization(OF_POST), secret_key="other")
    assert not verified(a_post(), authorization(OF_POST), timestamp=TIMESTAMP + 1)
    assert not verified(a_post(), authorization(OF_POST, day="2019-02-26"))
    assert not verified(a_post(), authorization(OF_POST, service="cvm"))


def test_an_unsigned_body_may_be_any() -> None:
    request = a_post(**{"x-tc-content-sha256": "UNSIGNED-PAYLOAD"})
    signature = signed(next(iter(auth.canonical_requests(request, ("content-type", "host")))))

    assert verified(request, authorization(signature))
    assert verified(request._replace(payload=b"{}"), authorization(signature))


def test_other_headers_may_be_signed_in_any_order_and_the_action_in_small_letters() -> None:
    names = "x-tc-action;content-type;host;x-tc-timestamp"
    request = a_post(**{"x-tc-action": "DescribeTasks", "x-tc-timestamp": str(TIMESTAMP)})
    lines = f"x-tc-action:describetasks\ncontent-type:application/json\nhost:{HOST}\nx-tc-timestamp:{TIMESTAMP}\n"
    canonical = next(iter(auth.canonical_requests(request, tuple(names.split(";")))))
    digest = canonical.rpartition("\n")[2]

    assert canonical == f"POST\n/\n\n{lines}\n{names}\n{digest}"
    assert verified(request, authorization(signed(canonical), names))
    assert not verified(a_post(), authorization(signed(canonical), names)), "a signed header is absent"


def test_the_host_is_always_signed() -> None:
    canonical = f"POST\n/\n\ncontent-type:application/json\n\ncontent-type\n{'0' * 64}"

    assert not verified(a_post(), authorization(signed(canonical), "content-type"))


@pytest.mark.parametrize("alias", auth.HOST_ALIASES)
def test_a_client_behind_a_gateway_signs_the_services_own_host(alias: str) -> None:
    signature = signed(next(iter(auth.canonical_requests(a_post(host=alias), ("content-type", "host")))))

    assert verified(a_post(), authorization(signature))


@pytest.mark.parametrize("sent", ["Name=a+b%2Fc&Path=%2Fx%7E", "Name=a%20b%2Fc&Path=%2Fx~", "Name=a+b/c&Path=/x~"])
def test_a_query_that_was_escaped_anew_on_its_way_is_the_same_query(sent: str) -> None:
    as_signed = a_get("Name=a+b%2Fc&Path=%2Fx~")
    signature = signed(next(iter(auth.canonical_requests(as_signed, ("content-type", "host")))))

    assert verified(a_get(sent), authorization(signature))


@pytest.mark.parametrize(
    "header", [None, "", "SKIP", "Bearer sk_x", "TC3-HMAC-SHA256", "TC3-HMAC-SHA256 Credential=a/b"]
)
def test_no_signature_opens_nothing(header: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        auth.parsed(header)

    assert refused.value.code == "AuthFailure.InvalidAuthorization"


@given(st.text())
def test_any_header_is_read_or_refused(header: str) -> None:
    for text in (header, f"TC3-HMAC-SHA256 Credential={header}, SignedHeaders={header}, Signature={'0' * 64}"):
        try:
            assert all(auth.parsed(text).signed_headers)
        except Refusal as refusal:
            assert refusal.code == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize(("skew", "good"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_request_is_good_for_five_minutes(skew: int, good: bool) -> None:
    now = datetime.fromtimestamp(TIMESTAMP + skew, UTC)
    try:
        assert auth.signed_at({"x-tc-timestamp": str(TIMESTAMP)}, now) == TIMESTAMP and good
    except Refusal as refusal:
        assert refusal.code == "AuthFailure.SignatureExpire" and not good


@pytest.mark.parametrize("text", ["", "now", "-1", "1e9", "9" * 30])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        auth.signed_at({"x-tc-timestamp": text}, datetime.now(UTC))

    assert refused.value.code == "AuthFailure.InvalidAuthorization"
