"""ittybit's SDK, unmodified, against the deployed stack."""

import time

import httpx
from ittybit import Ittybit

from tests.e2e.stack import PATIENCE_SECONDS, Stack


def test_a_task_is_created_polled_listed_and_its_output_read(stack: Stack, second: bytes) -> None:
    source = f"s3://{stack.env.sluice_bucket}/{stack.upload(second, 'kept/ittybit.mp4')}"
    with httpx.Client(timeout=60) as http:
        sdk = Ittybit(base_url=stack.env.sluice_url, api_key=stack.env.sluice_key_secret, httpx_client=http)

        created = sdk.tasks.create(request={"kind": "image", "url": source, "width": 160, "format": "png"})
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (task := sdk.tasks.get(created.id)).status not in ("completed", "failed"):
            assert time.monotonic() < deadline, task
            time.sleep(0.3)

        assert (task.status, task.progress, task.error) == ("completed", 100, None)
        assert task.output and (task.output["type"], task.output["width"]) == ("image/png", 160)
        assert stack.fetch(str(task.output["url"])).startswith(b"\x89PNG")
        assert created.id in [listed.id for listed in sdk.tasks.list(page=1, limit=100)]
