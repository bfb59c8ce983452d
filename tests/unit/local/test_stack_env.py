from pathlib import Path

from local.stack_env import StackEnv, parse, read, write


def a_stack(**changes: str) -> StackEnv:
    values = {
        "aws_endpoint_url": "http://127.0.0.1:4566",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
        "aws_default_region": "us-east-1",
        "sluice_url": "http://127.0.0.1:4567",
        "sluice_bucket": "media",
        "sluice_output_bucket": "outputs",
        "sluice_table": "tasks",
        "sluice_secrets_key": "arn:aws:kms:us-east-1:000000000000:key/x",
        "sluice_state_machine": "arn:aws:states:us-east-1:000000000000:stateMachine:x",
        **changes,
    }
    return StackEnv(**values)


def test_a_stack_is_read_as_it_was_written(tmp_path: Path) -> None:
    stack = a_stack(sluice_key_id="k", sluice_key_secret="a=b+c/d==")

    write(tmp_path / "stack.env", stack)

    assert read(tmp_path / "stack.env") == stack


def test_the_lines_have_the_names_that_clients_and_the_aws_sdk_look_for() -> None:
    assert list(a_stack().variables()) == [
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_DEFAULT_REGION",
        "SLUICE_URL",
        "SLUICE_BUCKET",
        "SLUICE_OUTPUT_BUCKET",
        "SLUICE_TABLE",
        "SLUICE_STATE_MACHINE",
        "SLUICE_KEY_ID",
        "SLUICE_KEY_SECRET",
        "SLUICE_KEY_SIGNING_SECRET",
        "SLUICE_SECRETS_KEY",
    ]


def test_only_its_owner_may_read_the_file_that_holds_the_key(tmp_path: Path) -> None:
    write(tmp_path / "stack.env", a_stack())

    assert (tmp_path / "stack.env").stat().st_mode & 0o077 == 0


def test_no_file_and_half_a_file_are_no_stack(tmp_path: Path) -> None:
    half = tmp_path / "half.env"
    half.write_text("SLUICE_URL=http://127.0.0.1:4567\n")

    assert read(tmp_path / "none.env") is None
    assert read(half) is None


def test_comments_and_blank_lines_are_passed_over() -> None:
    assert parse("# A=1\n\nB=2=3\n no sign\n") == {"B": "2=3"}
