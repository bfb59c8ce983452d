"""The deployed API against its own OpenAPI document, a little; at length it is done in tests/integration."""

import subprocess
import sys

from tests.e2e.stack import Stack

# What says nothing of the gateway, or changes what other tests look at.
OPERATIONS = "/(kinds|workflows|presets|usage|openapi.json|docs|files|media|uploads|tasks)$"


def test_schemathesis_finds_nothing(stack: Stack) -> None:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{stack.env.sluice_url}/openapi.json"),
        *("--header", f"Authorization: Bearer {stack.env.sluice_key_secret}"),
        *("--include-path-regex", OPERATIONS, "--include-method", "GET", "--phases", "examples,fuzzing"),
        *("--checks", "all", "--exclude-checks", "positive_data_acceptance", "--rate-limit", "10/s"),
        *("--max-examples", "3", "--seed", "1", "--generation-deterministic", "--no-color"),
    ]

    found = subprocess.run(command, capture_output=True, text=True, timeout=300)

    assert found.returncode == 0, found.stdout + found.stderr
