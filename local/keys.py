"""The first API key of the local stack, kept in stack.env from one start to the next."""

import os
import subprocess
import sys
from dataclasses import replace

from local import environment, stack_env
from local.console import step
from local.errors import CloudFailed
from local.http import http_client
from local.places import ROOT, Places, shown
from local.stack_env import StackEnv


def with_key(places: Places, stack: StackEnv) -> StackEnv:
    """The stack with an administrator's key: the one it had, if that still opens the API, else a new one."""
    before = stack_env.read(places.stack_env)
    with step("Opening the API", f"API on {places.api_url}, its key in {shown(places.stack_env)}"):
        if before and before.sluice_key_secret and before.sluice_key_signing_secret:
            known = _keyed(stack, before.sluice_key_id, before.sluice_key_secret, before.sluice_key_signing_secret)
            if _opens(known):
                return known
        made = _create(stack)
        return _keyed(stack, made["SLUICE_KEY_ID"], made["SLUICE_KEY_SECRET"], made["SLUICE_KEY_SIGNING_SECRET"])


def _keyed(stack: StackEnv, key_id: str, secret: str, signing_secret: str) -> StackEnv:
    return replace(stack, sluice_key_id=key_id, sluice_key_secret=secret, sluice_key_signing_secret=signing_secret)


def _opens(stack: StackEnv) -> bool:
    """Whether the key is good. A fault of the API is no fault of the key."""
    with http_client(stack.sluice_url, key=stack.sluice_key_secret) as http:
        answer = http.get("/tasks", params={"limit": 1})
    return answer.status_code not in (401, 403)


def _create(stack: StackEnv) -> dict[str, str]:
    """Raises: CloudFailed with the words of the tool that makes keys."""
    where = ["--table", stack.sluice_table, "--kms-key", stack.sluice_secrets_key]
    command = ["-m", "tools.create_key", *where, "--name", "admin", "--scope", "admin"]
    told = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={
            **environment.cleaned(os.environ),
            **stack.variables(),
            "PYTHONPATH": str(ROOT / "layers" / "core"),
        },
        capture_output=True,
        text=True,
    )
    if told.returncode:
        raise CloudFailed(f"No API key could be made:\n\n{told.stderr.strip()}")
    return stack_env.parse(told.stdout)
