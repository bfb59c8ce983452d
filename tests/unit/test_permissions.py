"""Every statement of the template, read: nobody may do more than the work asks for."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.template import resources, template

# What can't be named: services whose actions have no resource, and what AWS's own documents ask for.
NAMELESS = {
    "rekognition:", "transcribe:", "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}  # fmt: skip

Statement = dict[str, Any]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements() -> Iterator[tuple[str, Statement]]:
    """Every statement of every role, with the name of its owner; either branch of a condition."""
    for kind in ("AWS::Serverless::Function", "AWS::Serverless::StateMachine"):
        for name, properties in resources(kind).items():
            for policy in properties.get("Policies", ()):
                for branch in policy["Fn::If"][1:] if "Fn::If" in policy else [policy]:
                    for statement in as_list(branch.get("Statement") or []):
                        yield name, statement


ALL = list(statements())


def test_there_are_statements_to_read() -> None:
    assert len(ALL) > 40


@pytest.mark.parametrize(("owner", "statement"), ALL, ids=[name for name, _ in ALL])
def test_a_statement_names_what_it_allows(owner: str, statement: Statement) -> None:
    actions, named = as_list(statement["Action"]), as_list(statement["Resource"])

    assert statement["Effect"] == "Allow"
    assert not [action for action in actions if action == "*" or action.endswith(":*")]
    if "*" in named:
        assert all(action.startswith(tuple(NAMELESS)) for action in actions), f"{owner}: {actions}"


def test_every_function_has_a_role_of_its_own() -> None:
    assert not [name for name, function in resources("AWS::Serverless::Function").items() if "Role" in function]
    assert not [name for name, found in template()["Resources"].items() if found["Type"] == "AWS::IAM::Role"]


def test_no_function_but_the_console_s_own_paths_may_write_into_the_media_bucket() -> None:
    writers = [
        (owner, resource)
        for owner, statement in ALL
        if "s3:PutObject" in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        if "-media-" in str(resource)
    ]

    assert {owner for owner, _ in writers} <= {"ApiFunction"}
    assert all(str(resource).rstrip("'}").endswith(("/uploads/*", "/incoming/*")) for _, resource in writers)


def test_nobody_may_delete_an_upload() -> None:
    deleters = [s for _, s in ALL if "s3:DeleteObject" in as_list(s["Action"])]

    assert not [
        r for s in deleters for r in as_list(s["Resource"]) if "-media-" in str(r) and "/incoming/" not in str(r)
    ]


def test_buckets_are_private_and_encrypted_and_speak_tls() -> None:
    buckets, policies = resources("AWS::S3::Bucket"), resources("AWS::S3::BucketPolicy")

    for bucket in buckets.values():
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert bucket["BucketEncryption"]
    assert {policy["Bucket"]["Ref"] for policy in policies.values()} == set(buckets)
    for policy in policies.values():
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": False}})


def test_every_log_group_forgets() -> None:
    groups = resources("AWS::Logs::LogGroup")

    assert groups and all(group["RetentionInDays"] for group in groups.values())
    assert template()["Globals"]["Function"]["LoggingConfig"]["LogGroup"] == {"Ref": "Logs"}


def test_queues_and_the_table_are_encrypted() -> None:
    assert all(queue["SqsManagedSseEnabled"] for queue in resources("AWS::SQS::Queue").values())
    assert all(table["SSESpecification"]["SSEEnabled"] for table in resources("AWS::DynamoDB::Table").values())
