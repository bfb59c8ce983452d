"""What `sam build` has built is small enough for Lambda, and stands on nothing but its layers."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.sam import BUILD
from tests.e2e.stack import Stack
from tests.template import ROOT, resources, template, variables

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: function and layers, unpacked
MOST_BYTES = 250 * 1024 * 1024
FUNCTIONS = resources("AWS::Serverless::Function")
# What Lambda's runtime has beside the function: boto3 with all that it stands on.
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")


@pytest.fixture(scope="module")
def built(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build of the deployed stack, with the media layer, which the local cloud does without."""
    folder = tmp_path_factory.mktemp("built")
    for layer in (BUILD / "build").iterdir():
        (folder / layer.name).symlink_to(layer)
    command = ["make", "-s", "-C", str(ROOT / "layers" / "media"), "build-MediaLayer"]
    subprocess.run([*command, f"ARTIFACTS_DIR={folder / 'MediaLayer'}"], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runtime")
    site = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    for name in RUNTIME:
        (folder / name).symlink_to(site / name)
    return folder


def layers_of(function: str) -> list[str]:
    """The layers that a function has on AWS: the shared ones, and its own."""
    named: list[Any] = [*template()["Globals"]["Function"]["Layers"], *FUNCTIONS[function].get("Layers", ())]
    return [layer["Ref"] if "Ref" in layer else layer["Fn::If"][1]["Ref"] for layer in named]


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_with_its_layers_is_small_enough(built: Path, function: str) -> None:
    code = ROOT / FUNCTIONS[function]["CodeUri"]

    size = bytes_in(code) + sum(bytes_in((built / layer).resolve()) for layer in layers_of(function))

    assert size < MOST_BYTES


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_with_nothing_but_its_layers(built: Path, runtime: Path, function: str) -> None:
    code = ROOT / FUNCTIONS[function]["CodeUri"]
    paths = [code, *(built / layer / "python" for layer in layers_of(function)), runtime]
    script = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}; import app; app.lambda_handler"
    environment = dict.fromkeys(variables(), "x") | {
        "PATH": "/usr/bin:/bin",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": function,
    }

    # -I and -S: neither the environment of the tests nor anybody's site-packages
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], env=environment, capture_output=True, text=True, cwd=code
    )

    assert run.returncode == 0, run.stderr
