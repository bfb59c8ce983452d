"""The promises of the project's layout, each a test."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent

from functions.finish.app import ending_of
from sluice.jobs import JobRef, JobResult
from sluice.kinds import KINDS
from sluice.kinds.base import Kind
from sluice.settings import Settings
from tests.template import ROOT, event, resources, state_machine, template, variables

CORE = ROOT / "layers" / "core" / "sluice"
FUNCTIONS = ROOT / "functions"


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """The imports and attributes of the deployed code, each beside the path of its file."""
    return [
        (str(path.relative_to(CORE if path.is_relative_to(CORE) else ROOT)), node)
        for path in [*CORE.rglob("*.py"), *FUNCTIONS.rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Attribute)
    ]


def importers(*modules: str) -> set[str]:
    """The files that import one of these packages."""
    return {name for name, node in nodes() for module in imported(node) if module.partition(".")[0] in modules}


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def outside(folder: str, names: set[str]) -> set[str]:
    return {name for name in names if not name.startswith(folder)}


# ── the core ──────────────────────────────────────────────────────────────────────────────────


def test_only_the_aws_folder_talks_to_aws() -> None:
    assert outside("aws/", importers("boto3", "s3transfer")) == set()


def test_botocore_is_known_to_the_aws_folder_and_to_the_api_which_says_its_errors() -> None:
    assert outside("aws/", importers("botocore")) == {"functions/api/app.py"}


def test_only_the_ffmpeg_folder_starts_programs() -> None:
    assert importers("subprocess") == {"ffmpeg/run.py"}
    assert importers("pty", "multiprocessing", "asyncio") == set()


def test_only_the_settings_look_at_the_environment() -> None:
    looking = {
        name
        for name, node in nodes()
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "putenv"}
    }

    assert looking == {"settings.py"}


def test_only_the_kinds_the_table_and_the_functions_know_single_kinds() -> None:
    single = [f"sluice.kinds.{kind}" for kind in KINDS]
    knowing = {name for name, node in nodes() for module in imported(node) if module.startswith(tuple(single))}

    assert {name for name in knowing if not name.startswith(("kinds/", "functions/"))} == set()


def test_what_the_core_stands_on_is_pinned_as_in_development() -> None:
    wanted = pins(ROOT / "layers/libraries/requirements.txt")
    development = pins(ROOT / "requirements/dev.txt")

    assert wanted
    assert {name: development.get(name) for name in wanted} == wanted


def test_what_every_function_has_is_all_that_the_core_imports() -> None:
    with_layers_of_their_own = ("kinds/", "speech/", "vision/")
    of_the_core_layer = {"aws_lambda_powertools", "pydantic", "pydantic_core", "standardwebhooks", "ulid"}
    of_lambdas_runtime = {"boto3", "botocore", "urllib3"}
    ours = {"sluice", "functions"}

    found = {
        module.partition(".")[0]
        for name, node in nodes()
        if not name.startswith(with_layers_of_their_own)
        for module in imported(node)
    }

    foreign = {module for module in found if not module.startswith("mypy_boto3")} - set(sys.stdlib_module_names)
    assert foreign <= of_the_core_layer | of_lambdas_runtime | ours


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", path.read_text(), re.MULTILINE))


# ── kinds, functions, states ──────────────────────────────────────────────────────────────────

GROUP: dict[str, Any] = state_machine()["States"]["Each group"]["ItemProcessor"]["States"]
STATES: dict[str, Any] = GROUP["Each subtask"]["ItemProcessor"]["States"]


def function_names() -> set[str]:
    return {str(path.parent.name) for path in FUNCTIONS.glob("*/app.py")}


def reachable(start: str) -> set[str]:
    """The states that a path from `start` can come to."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            state = STATES[name]
            ahead += [state[way] for way in ("Next", "Default") if way in state]
            ahead += [choice["Next"] for choice in state.get("Choices", ())]
    return seen


def ways_of(kind: str) -> list[str]:
    """The states that a choice on this kind's name goes to."""
    choices = [choice for state in STATES.values() for choice in state.get("Choices", ())]
    return [choice["Next"] for choice in choices if f"'{kind}'" in choice["Condition"]]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_has_a_state_of_its_own_that_its_name_leads_to(kind: Kind) -> None:
    ways = ways_of(kind.name)

    assert ways, f"no choice in the state machine knows the kind {kind.name!r}"
    assert all(kind.state in reachable(way) for way in ways)
    assert called(STATES[kind.state]) == f"{kind.function.title()}Function"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_has_a_function_of_its_own(kind: Kind) -> None:
    declared = resources("AWS::Serverless::Function")[f"{kind.function.title()}Function"]

    assert (FUNCTIONS / kind.function / "app.py").exists()
    assert declared["CodeUri"] == f"functions/{kind.function}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_folder(kind: str) -> None:
    assert (CORE / "kinds" / kind / "__init__.py").exists()
    assert (CORE / "kinds" / kind / "run.py").exists()


def test_every_function_is_declared_and_every_declared_one_is_there() -> None:
    declared = {function["CodeUri"] for function in resources("AWS::Serverless::Function").values()}

    assert declared == {f"functions/{name}" for name in function_names()}


# ── the state machine ─────────────────────────────────────────────────────────────────────────


def all_states(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from all_states(state["ItemProcessor"])


def called(state: dict[str, Any]) -> str | None:
    """The logical name of the function that a state calls."""
    name = state.get("Arguments", {}).get("FunctionName", "")
    return name.removeprefix("${").removesuffix("Arn}") or None


def workflow() -> dict[str, Any]:
    return resources("AWS::Serverless::StateMachine")["Workflow"]


@pytest.mark.parametrize(("name", "state"), list(all_states(state_machine())))
def test_every_state_says_what_it_is_for(name: str, state: dict[str, Any]) -> None:
    assert state.get("Comment", "").endswith((".", "!")), f"{name} has no Comment that is a sentence"


@pytest.mark.parametrize(
    ("name", "state"), [(name, state) for name, state in all_states(state_machine()) if state["Type"] == "Task"]
)
def test_every_call_is_tried_again_and_none_but_the_last_kills_the_task(name: str, state: dict[str, Any]) -> None:
    assert state["Retry"], name
    assert state.get("Catch") or name in {"Record", "Finish"}


def test_every_substitution_is_used_and_every_used_one_is_there() -> None:
    given = set(workflow()["DefinitionSubstitutions"])
    used = {f"{name}Arn" for _, state in all_states(state_machine()) if (name := called(state))}

    assert given == used


def test_a_substitution_is_the_address_of_the_function_it_is_named_after() -> None:
    for name, value in workflow()["DefinitionSubstitutions"].items():
        assert value == {"Fn::GetAtt": f"{name.removesuffix('Arn')}.Arn"}


def test_the_state_machine_may_call_what_it_calls_and_nothing_else() -> None:
    statement = workflow()["Policies"][0]["Statement"]
    allowed = {resource["Fn::GetAtt"].removesuffix(".Arn") for resource in statement["Resource"]}

    assert statement["Action"] == "lambda:InvokeFunction"
    assert allowed == {name for _, state in all_states(state_machine()) if (name := called(state))}


# ── the template ──────────────────────────────────────────────────────────────────────────────


def test_every_variable_of_the_template_is_a_setting() -> None:
    names = {name.removeprefix("SLUICE_").lower() for name in variables() if name.startswith("SLUICE_")}

    assert names <= set(Settings.model_fields)


def test_every_setting_that_must_be_given_is_a_variable_of_the_template() -> None:
    needed = {name for name, field in Settings.model_fields.items() if field.is_required()}

    assert needed <= {name.removeprefix("SLUICE_").lower() for name in variables()}


def test_a_parameter_and_the_setting_behind_it_have_one_default() -> None:
    defaults = {
        name: template()["Parameters"][value["Ref"]]["Default"]
        for name, value in variables().items()
        if isinstance(value, dict) and value.get("Ref") in template()["Parameters"]
    }

    found = {name: Settings.model_fields[name.removeprefix("SLUICE_").lower()].default for name in defaults}

    assert found == defaults


def test_no_function_has_an_environment_of_its_own() -> None:
    assert [n for n, f in resources("AWS::Serverless::Function").items() if "Environment" in f] == []


def test_every_parameter_is_used_and_described() -> None:
    text = (ROOT / "template.yaml").read_text()

    for name, parameter in template()["Parameters"].items():
        assert parameter["Description"]
        assert re.search(rf"!Ref {name}\b|\$\{{{name}\}}", text), name


# ── events ────────────────────────────────────────────────────────────────────────────────────


def test_the_event_of_an_upload_is_one_that_the_rule_lets_through() -> None:
    uploaded = S3EventBridgeNotificationEvent(event("s3_object_created"))

    assert (uploaded.source, uploaded.detail_type) == ("aws.s3", "Object Created")
    assert uploaded.detail.object.key.startswith(Settings.model_fields["upload_prefix"].default)
    assert uploaded.detail.object.etag and uploaded.detail.bucket.name


def test_the_event_of_a_job_names_a_job() -> None:
    assert JobRef.model_validate(event("job")).kind in KINDS


def test_the_event_of_a_record_holds_a_job_and_its_result() -> None:
    assert JobRef.model_validate(event("record")).kind in KINDS
    assert JobResult.model_validate(event("record")["result"]).outputs


def test_the_event_of_a_dead_execution_names_its_task() -> None:
    task_id, attempt, failure = ending_of(event("execution_failed"))

    assert (task_id, attempt) == (event("state_machine_input")["task_id"], 1)
    assert failure and failure.code == "workflow_failed"
