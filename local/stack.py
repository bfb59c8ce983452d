"""The stack in the local cloud: deployed when its sources have changed, completed where the emulator falls short."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from local import engine, environment, sam
from local.aws import CREDENTIALS, client
from local.console import step
from local.digest import digest
from local.errors import CloudFailed
from local.media import link_media_programs
from local.places import ROOT, Places
from local.stack_env import StackEnv

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ssm import SSMClient

SOURCES = ("template.yaml", "samconfig.toml", "functions", "layers", "statemachine", "console")
DEPLOYED = "/sluice/deployed"
"""The parameter in which the emulator itself keeps the digest of what was deployed into it."""


def deployed(places: Places, overrides: Mapping[str, str]) -> StackEnv:
    """The stack as the sources have it, deployed if it is not there yet."""
    stack_name, configured = sam.local_config(sam.CONFIG.read_text())
    # one encode takes all of the machine, so only what one worker wouldn't finish is cut
    here = {"MediaBinPath": str(places.media_bin), "ChunkWorkers": "1"}
    parameters = {**configured, **here, **overrides}
    link_media_programs(places.media_bin)
    ssm: SSMClient = client("ssm", places.endpoint)
    wanted = digest(ROOT, SOURCES, parameters)
    if _remembered(ssm) == wanted:
        return stack_from(places, _outputs(places, stack_name))

    _deploy(places, stack_name, parameters)
    outputs = _outputs(places, stack_name)
    stack = stack_from(places, outputs)
    places.api_id.write_text(outputs["ApiId"])
    _expire(client("dynamodb", places.endpoint), stack.sluice_table)
    ssm.put_parameter(Name=DEPLOYED, Value=wanted, Type="String", Overwrite=True)
    engine.save(places)
    return stack


def stack_from(places: Places, outputs: Mapping[str, str]) -> StackEnv:
    """Raises: CloudFailed when the template lacks an output."""
    try:
        return StackEnv(
            aws_endpoint_url=places.endpoint,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            aws_default_region=CREDENTIALS["AWS_DEFAULT_REGION"],
            sluice_url=places.api_url,
            sluice_bucket=outputs["MediaBucket"],
            sluice_output_bucket=outputs["OutputBucket"],
            sluice_table=outputs["Table"],
            sluice_state_machine=outputs["StateMachineArn"],
            sluice_secrets_key=outputs["SecretsKey"],
        )
    except KeyError as missing:
        raise CloudFailed(f"The stack has no output {missing}: see template.yaml.") from missing


def _deploy(places: Places, stack_name: str, parameters: Mapping[str, str]) -> None:
    env = environment.for_sam(places, os.environ)
    sources = digest(ROOT, SOURCES, {})
    if not sam.is_built(sources):
        with step("Building functions and layers", "Built"):
            sam.build(sources, env, places.folder / "sam-build.log")
    with step("Deploying the stack", "Deployed"):
        client("s3", places.endpoint).create_bucket(Bucket=sam.ARTIFACTS)
        command = sam.deploy_command(stack_name, parameters)
        sam.run(command, env, places.folder / "sam-deploy.log")


def _remembered(ssm: "SSMClient") -> str | None:
    try:
        return ssm.get_parameter(Name=DEPLOYED)["Parameter"].get("Value")
    except ssm.exceptions.ParameterNotFound:
        return None


def _outputs(places: Places, stack_name: str) -> dict[str, str]:
    cloudformation = client("cloudformation", places.endpoint)
    stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def _expire(dynamodb: "DynamoDBClient", table: str) -> None:
    """Turn on the expiry that the template asks for and the emulator's CloudFormation drops."""
    told = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if told.get("TimeToLiveStatus") != "ENABLED":
        dynamodb.update_time_to_live(
            TableName=table,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
        )
