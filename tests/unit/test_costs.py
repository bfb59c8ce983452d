import pytest

from sluice.costs import estimate, measured, prices
from sluice.kinds import KINDS
from tests.builders import a_subtask, a_task, an_output, media_info, video_stream
from tests.template import resources


def test_every_kind_has_a_price() -> None:
    assert set(prices()["kinds"]) == set(KINDS)


def test_the_memory_of_each_function_is_that_of_the_template() -> None:
    functions = resources("AWS::Serverless::Function")
    memory = {f["CodeUri"].rpartition("/")[2]: f.get("MemorySize", 512) for f in functions.values()}

    assert prices()["memory_mb"] == {name: memory[name] for name in prices()["memory_mb"]}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_longer_film_never_costs_less(kind: str) -> None:
    short, long = (estimate(a_task("task", kind), media_info(duration=seconds)) for seconds in (10.0, 3600.0))

    assert 0 < short.usd <= long.usd


def test_a_larger_picture_costs_more_to_encode() -> None:
    hd, uhd = (
        estimate(a_task(), media_info(video=(video_stream(width=width, height=height),)))
        for width, height in ((1280, 720), (3840, 2160))
    )

    assert uhd.gb_seconds > 5 * hd.gb_seconds


def test_an_hour_of_film_is_estimated_at_cents() -> None:
    assert 0.05 < estimate(a_task("task", "video"), media_info(duration=3600.0)).usd < 0.5


def test_what_was_used_and_is_stored_is_what_it_costs() -> None:
    used = a_subtask(gb_seconds=600.0, invocations=3, outputs=(an_output().model_copy(update={"size": 10**9}),))

    nothing, cost = (measured([subtask], retention_days=7) for subtask in (a_subtask(), used))

    assert cost.requests - nothing.requests == 3
    assert cost.stored_bytes == 10**9
    lambda_usd, storage_usd = 600 * 0.0000166667, 0.023 * 7 / 30
    assert cost.usd - nothing.usd == pytest.approx(lambda_usd + storage_usd, abs=1e-6)
