"""What all tests share: an environment of their own, AWS by moto as template.yaml describes it, the handlers."""

import importlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from moto import mock_aws

from local.media import link_media_programs
from sluice import admission
from sluice import settings as settings_module
from sluice.aws import clients
from sluice.ffmpeg.binaries import binary
from sluice.settings import Settings
from tests import transactions
from tests.template import state_machine, table_request

MEDIA, OUTPUTS, TABLE = "media", "outputs", "tasks"
KMS_KEY = "alias/sluice"
STATE_MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:process-task"

# read once, by whichever handler's module is loaded first
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Sluice/test"

Handler = Callable[[dict[str, Any]], dict[str, Any]]
Change = Callable[..., None]

# a slow machine is no failure; a law that fails once in fifty is found within a few runs
hypothesis.settings.register_profile("tests", deadline=None, max_examples=50)
hypothesis.settings.load_profile("tests")
transactions.keep_by_item()


@pytest.fixture(scope="session")
def media_bin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the ffmpeg and ffprobe that the media layer is built from."""
    folder = tmp_path_factory.mktemp("media-bin")
    link_media_programs(folder)
    return folder


@pytest.fixture(autouse=True)
def environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of the machine's own settings, and credentials that open nothing. The deployed stack has its own."""
    if "e2e" in request.path.parts:
        yield
        return
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SLUICE_{name.upper()}", raising=False)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("SLUICE_TABLE", TABLE)
    monkeypatch.setenv("SLUICE_MEDIA_BUCKET", MEDIA)
    monkeypatch.setenv("SLUICE_OUTPUT_BUCKET", OUTPUTS)
    monkeypatch.setenv("SLUICE_STATE_MACHINE_ARN", STATE_MACHINE)
    monkeypatch.setenv("SLUICE_KMS_KEY", KMS_KEY)
    forget()
    yield
    forget()


def forget() -> None:
    """What depends on the environment is made anew. Clients are kept: it is the same for all of them, and they cost."""
    settings_module.settings.cache_clear()
    binary.cache_clear()
    admission.known.cache_clear()


@pytest.fixture
def change_settings(environment: None, monkeypatch: pytest.MonkeyPatch) -> Change:
    """Settings as an environment gives them: change_settings(max_streams=4)."""

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SLUICE_{name.upper()}", str(value))
        forget()

    return change


@pytest.fixture
def aws(environment: None) -> Iterator[None]:
    """The template's table, its two buckets and its state machine, empty."""
    with mock_aws():
        clients.dynamodb().create_table(**table_request(TABLE))
        key_id = clients.kms().create_key()["KeyMetadata"]["KeyId"]
        clients.kms().create_alias(AliasName=KMS_KEY, TargetKeyId=key_id)
        for bucket in (MEDIA, OUTPUTS):
            clients.s3().create_bucket(Bucket=bucket)
        clients.stepfunctions().create_state_machine(
            name=STATE_MACHINE.rpartition(":")[2],
            definition=json.dumps(state_machine()),
            roleArn="arn:aws:iam::123456789012:role/workflow",
        )
        yield


@dataclass
class Context:
    """What Lambda tells a function of itself."""

    function_name: str = "function"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "52fdfc07-2182-154f-163f-5f0f9a621d72"
    seconds: int = field(default=60)

    def get_remaining_time_in_millis(self) -> int:
        return self.seconds * 1000


@pytest.fixture
def function() -> Callable[[str], Handler]:
    """A Lambda by the name of its folder, called as Lambda does: what it answers has been JSON."""

    def named(name: str) -> Handler:
        handler = importlib.import_module(f"functions.{name}.app").lambda_handler

        def call(event: dict[str, Any]) -> dict[str, Any]:
            answer: dict[str, Any] = json.loads(json.dumps(handler(json.loads(json.dumps(event)), Context())))
            return answer

        return call

    return named
