"""The API against its own OpenAPI document, by schemathesis: what it answers is what it says, whatever it is asked."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from sluice.aws.keystore import KeyStore
from sluice.clock import now
from sluice.keys import Limits, Scope, new_key
from tests.conftest import TABLE, Handler
from tests.gateway import gateway

# Requests that the document allows may still be wrong: it can't say which files, workflows and options there are.
NOT_CHECKED = ("positive_data_acceptance",)
# Whatever isn't GET is another dialect's there, which answers 200 to everything.
SHARED = "/"


def schemathesis(address: str, secret: str, *more: str, examples: int) -> subprocess.CompletedProcess[str]:
    command: Sequence[str] = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"),
        *("--header", f"Authorization: Bearer {secret}", "--phases", "examples,coverage,fuzzing"),
        *("--exclude-path", SHARED, "--checks", "all", "--exclude-checks", ",".join(NOT_CHECKED)),
        *("--max-examples", str(examples), "--seed", "1", "--generation-deterministic", "--no-color", *more),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=900)


@pytest.mark.usefixtures("aws")
def test_schemathesis_finds_nothing(handler: Handler) -> None:
    limits = Limits(list=10_000, read=10_000, write=10_000)
    key, secret = new_key("test", Scope.ADMIN, tenant="default", at=now(), limits=limits)
    KeyStore(TABLE).put(key)

    with gateway(handler) as address:
        found = schemathesis(address, secret, examples=3)

    assert found.returncode == 0, found.stdout + found.stderr
