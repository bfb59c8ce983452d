"""`.local/stack.env`: where the local stack is, as lines that a shell can source."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class StackEnv:
    """What a client needs to reach a stack: the fields are the lower-case names of the lines."""

    aws_endpoint_url: str
    aws_access_key_id: str
    aws_secret_access_key: str
    aws_default_region: str
    sluice_url: str
    sluice_bucket: str
    sluice_output_bucket: str
    sluice_table: str
    sluice_state_machine: str
    sluice_key_id: str = ""
    sluice_key_secret: str = ""
    sluice_key_signing_secret: str = ""
    sluice_secrets_key: str = ""

    def variables(self) -> dict[str, str]:
        return {field.name.upper(): getattr(self, field.name) for field in fields(self)}


def parse(text: str) -> dict[str, str]:
    """The `KEY=value` lines of a text; other lines are passed over."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {key.strip(): value.strip() for key, value in pairs if not key.startswith("#")}


def from_variables(variables: Mapping[str, str]) -> StackEnv:
    names = {field.name for field in fields(StackEnv)}
    known = {key.lower(): value for key, value in variables.items()}
    return StackEnv(**{name: known[name] for name in names & known.keys()})


def write(path: Path, env: StackEnv) -> None:
    """Written for its owner alone, since it holds a key, and replaced in one step."""
    text = "".join(f"{key}={value}\n" for key, value in env.variables().items())
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(path)


def read(path: Path) -> StackEnv | None:
    """The stack that a file tells of; None for no file, or one that lacks a line."""
    try:
        return from_variables(parse(path.read_text()))
    except (FileNotFoundError, TypeError):
        return None
