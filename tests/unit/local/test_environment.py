from pathlib import Path

from local import environment
from local.places import ROOT, places
from local.processes import MARK


def test_aws_settings_of_the_caller_are_not_passed_on() -> None:
    cleaned = environment.cleaned({"PATH": "/bin", "AWS_PROFILE": "prod", "LANG": "C"})

    assert (cleaned["PATH"], cleaned["LANG"]) == ("/bin", "C")
    assert "AWS_PROFILE" not in cleaned


def test_a_proxy_of_the_caller_is_not_asked_for_this_machine() -> None:
    cleaned = environment.cleaned({"HTTP_PROXY": "http://proxy", "NO_PROXY": "intranet"})

    assert cleaned["NO_PROXY"] == cleaned["no_proxy"] == "intranet,127.0.0.1,localhost"


def test_our_virtual_environments_leave_the_path_because_they_have_no_pip() -> None:
    path = f"{ROOT}/.venv/bin:/usr/local/bin:/usr/bin"

    assert environment.cleaned({"PATH": path})["PATH"] == "/usr/local/bin:/usr/bin"


def test_sam_talks_to_the_local_cloud_of_its_port(tmp_path: Path) -> None:
    env = environment.for_sam(places(4600, tmp_path), {"PATH": "/bin", "AWS_PROFILE": "prod"})

    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4600"
    assert "AWS_PROFILE" not in env


def test_functions_inherit_nothing_of_the_callers_but_the_path(tmp_path: Path) -> None:
    env = environment.for_emulator(
        places(4600, tmp_path), {"PATH": "/bin", "PYTHONPATH": "/x", "HOME": "/root", "SECRET": "1"}
    )

    assert env["PATH"] == "/bin"
    assert env["HOME"] == env["TMPDIR"] == str(tmp_path / "tmp")
    assert env[MARK] == str(tmp_path)
    assert not {"PYTHONPATH", "SECRET"} & env.keys()


def test_the_emulator_listens_on_this_machine_alone(tmp_path: Path) -> None:
    assert environment.for_emulator(places(4600, tmp_path), {})["BIND_HOST"] == "127.0.0.1"
