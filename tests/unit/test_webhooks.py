"""Who is told of a move, how it goes on after a try, and the signature."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from sluice import webhooks
from sluice.announcing import Move
from sluice.dialects.qencode.callback import EVENTS
from sluice.tasks import Notify, Status
from sluice.webhooks import ENDS, RETRIES, TYPES, Endpoint, State, Try, headers, new_secret, verdict
from tests.builders import MOMENT, a_task
from tests.unit.test_announcing import task_moved

BODY = '{"type":"task.succeeded","data":{"name":"Größe"}}'.encode()


def an_endpoint(**values: Any) -> Endpoint:
    usual = {"id": "wh_1", "tenant": "default", "url": "https://example.com/hook", "secret_sealed": "sealed"}
    return Endpoint(**{**usual, "created_at": MOMENT, "changed_at": MOMENT, **values})


def a_move(status: Status = Status.SUCCEEDED, notify: Notify | None = None) -> Move:
    move = task_moved(a_task(status=status, notify=notify))
    assert move
    return move


def a_try(status_code: int | None = None, error: str | None = None) -> Try:
    return Try(at=MOMENT, status_code=status_code, error=error)


# ── who is told ───────────────────────────────────────────────────────────────────────────────


def test_an_endpoint_hears_of_ends_unless_it_asks_for_more() -> None:
    assert [t for t in TYPES if an_endpoint().hears(t)] == list(ENDS)
    assert [t for t in TYPES if an_endpoint(events=("subtask.failed",)).hears(t)] == ["subtask.failed"]
    assert not any(an_endpoint(active=False, events=TYPES).hears(t) for t in TYPES)


def test_every_receiver_has_an_errand_of_its_own() -> None:
    move = a_move(notify=Notify(url="https://example.com"))

    told = webhooks.errands(move, [an_endpoint(id="wh_1"), an_endpoint(id="wh_2"), an_endpoint(active=False)])

    assert [errand.endpoint for errand in told] == [None, "wh_1", "wh_2"]
    assert len({errand.delivery for errand in told}) == 3
    assert {errand.event_id for errand in told} == {move.detail.event_id}


def test_a_move_that_is_told_again_makes_the_same_errands() -> None:
    assert webhooks.errands(a_move(), [an_endpoint()]) == webhooks.errands(a_move(), [an_endpoint()])


def test_what_lies_in_the_queue_has_neither_address_nor_secret() -> None:
    move = a_move(notify=Notify(url="https://example.com/hush", secret="hush"))

    told = webhooks.errands(move, [an_endpoint(url="https://example.com/hush", secret_sealed="hush")])

    assert told and not any("hush" in errand.model_dump_json() for errand in told)


def test_who_asked_for_the_end_hears_of_nothing_else() -> None:
    told = {s for s in Status if webhooks.errands(a_move(s, Notify(url="https://example.com")), [])}
    every = {s for s in Status if webhooks.errands(a_move(s, Notify(url="https://example.com", change=True)), [])}

    assert told == {Status.SUCCEEDED, Status.FAILED, Status.CANCELLED}
    assert every == set(Status)


def test_qencode_is_told_what_it_has_words_for() -> None:
    notify = Notify(url="https://example.com", dialect="qencode", change=True)

    assert {status for status in Status if webhooks.errands(a_move(status, notify), [])} == set(EVENTS)


# ── how it goes on ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_delivery(status: int) -> None:
    assert verdict(a_try(status), 1, "d").state is State.DELIVERED


@pytest.mark.parametrize("failed", [a_try(301), a_try(400), a_try(429), a_try(503), a_try(error="timeout")])
def test_all_else_is_tried_again_until_the_waits_are_used_up(failed: Try) -> None:
    states = [verdict(failed, number, "d").state for number in range(1, len(RETRIES) + 2)]

    assert states == [State.PENDING] * len(RETRIES) + [State.FAILED]


def test_410_ends_it() -> None:
    assert verdict(a_try(410), 1, "d") == webhooks.Verdict(state=State.FAILED, gone=True)


@pytest.mark.parametrize("error", sorted(webhooks.LASTING))
def test_what_no_try_would_mend_is_given_up(error: str) -> None:
    assert verdict(a_try(error=error), 1, "d").state is State.FAILED


@given(st.text(max_size=20))
def test_waits_grow_and_come_to_a_day(delivery: str) -> None:
    verdicts = [verdict(a_try(500), number, delivery) for number in range(1, len(RETRIES) + 1)]
    waits = [found.wait for found in verdicts if found.wait]

    assert all(abs(wait - planned) <= planned / 10 for wait, planned in zip(waits, RETRIES, strict=True))
    assert timedelta(hours=21) < sum(waits, timedelta()) < timedelta(hours=26)


# ── how it is signed ──────────────────────────────────────────────────────────────────────────


def test_the_library_takes_the_signature_and_no_other() -> None:
    secret, at = new_secret(), datetime.now(UTC)
    signed = headers("evt_1", at, BODY, [secret])

    assert Webhook(secret).verify(BODY, signed)["type"] == "task.succeeded"
    for key, data, changed in (
        (new_secret(), BODY, {}),
        (secret, BODY + b" ", {}),
        (secret, BODY, {"webhook-id": "evt_2"}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(key).verify(data, {**signed, **changed})


def test_old_and_new_secret_both_sign_while_one_takes_the_others_place() -> None:
    old, new = new_secret(), new_secret()
    signed = headers("evt_1", datetime.now(UTC), BODY, [new, old])

    assert Webhook(old).verify(BODY, signed) == Webhook(new).verify(BODY, signed)


def test_an_old_secret_signs_until_its_time_is_over() -> None:
    endpoint = an_endpoint(secret_sealed="new", old_secret_sealed="old", old_secret_until=MOMENT)

    assert endpoint.secrets_sealed(MOMENT - timedelta(seconds=1)) == ("new", "old")
    assert endpoint.secrets_sealed(MOMENT) == ("new",)


@pytest.mark.parametrize("secret", ["hunter2", "whsec_not base64!", "whsec_", "ключ"])
def test_a_secret_that_somebody_thought_up_signs_too(secret: str) -> None:
    assert headers("evt_1", MOMENT, BODY, [secret])["webhook-signature"].startswith("v1,")


def test_without_a_secret_there_is_no_signature() -> None:
    assert set(headers("evt_1", MOMENT, BODY, [])) == {"webhook-id", "webhook-timestamp"}
