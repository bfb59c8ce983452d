"""The real SAM CLI, told to build the template and to deploy it into the local cloud."""

import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.aws import REGION
from local.errors import CloudFailed
from local.packing import pack_layers
from local.places import HOME, ROOT

PROGRAM = HOME / "venvs" / "sam" / "bin" / "sam"
CONFIG = ROOT / "samconfig.toml"
BUILD = HOME / "sam"
BUILT = BUILD / "built"
"""Holds the digest of the sources that lie built beside it."""

ARTIFACTS = "sluice-artifacts"
MEDIA_LAYER = "MediaLayer"
COMMON = ("--config-env", "local", "--config-file", str(CONFIG))


def build_command() -> list[str]:
    """The build for here lies apart from `.aws-sam`, because it leaves the media layer out.

    Each worker of the emulator would unpack its 220 MB anew; here they are given a folder instead.
    """
    return [
        *(str(PROGRAM), "build", *COMMON, "--cached", "--parallel"),
        *("--template-file", str(ROOT / "template.yaml")),
        *("--build-dir", str(BUILD / "build"), "--cache-dir", str(BUILD / "cache")),
        *("--exclude", MEDIA_LAYER),
    ]


def deploy_command(stack_name: str, parameters: Mapping[str, str]) -> list[str]:
    return [
        *(str(PROGRAM), "deploy", *COMMON, "--stack-name", stack_name, "--region", REGION),
        *("--template-file", str(BUILD / "build" / "template.yaml")),
        *("--no-resolve-s3", "--s3-bucket", ARTIFACTS, "--capabilities", "CAPABILITY_IAM"),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
        *("--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())),
    ]


def local_config(text: str) -> tuple[str, dict[str, str]]:
    """The stack's name and parameters in the `local` part of samconfig.toml."""
    settings = tomllib.loads(text)["local"]["deploy"]["parameters"]
    overrides = settings.get("parameter_overrides", [])
    pairs = overrides.split() if isinstance(overrides, str) else overrides
    split = (pair.partition("=") for pair in pairs)
    return settings["stack_name"], {key: value.strip('"') for key, _, value in split}


def is_built(digest: str) -> bool:
    return BUILT.exists() and BUILT.read_text() == digest


def build(digest: str, env: Mapping[str, str], log: Path) -> None:
    """Build what has changed, and remember which sources it was."""
    BUILD.mkdir(parents=True, exist_ok=True)
    BUILT.unlink(missing_ok=True)
    run(build_command(), env, log)
    pack_layers(BUILD / "build", BUILD / "layers")
    BUILT.write_text(digest)


def run(command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
    """Run the SAM CLI, its words in a log.

    Raises: CloudFailed with the last of them.
    """
    with log.open("wb") as output:
        code = subprocess.run(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        ).returncode
    if code:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise CloudFailed(f"sam {command[1]} failed, its words are in {log}:\n\n{last}")
