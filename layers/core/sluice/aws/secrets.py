"""Secrets that must be read again (TC3 keys, keys of scroll tokens, webhook secrets), sealed by AWS KMS.

The encryption context says what a secret is for, so that one sealed for one use can't be put in the place of another.
https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
"""

import base64
import secrets
import time
from typing import Any

from botocore.exceptions import ClientError

from sluice.aws.clients import dynamodb, kms
from sluice.aws.items import from_item, to_item
from sluice.errors import Unavailable
from sluice.settings import settings

KEPT_SECONDS = 300.0
_NOT_OURS = {"InvalidCiphertextException", "IncorrectKeyException", "NotFoundException", "KMSInvalidStateException"}
_MOST_KEPT = 1000

_opened: dict[tuple[str, str], tuple[str, float]] = {}


def seal(text: str, context: str, *, by: str | None = None) -> str:
    """The text (at most 4096 bytes) as it may be kept, sealed by the KMS key `by`, else by ours.

    It opens with the same context alone.
    """
    answer = kms().encrypt(
        KeyId=by or settings().kms_key, Plaintext=text.encode(), EncryptionContext={"sluice": context}
    )
    return base64.b64encode(answer["CiphertextBlob"]).decode()


def unseal(sealed: str, context: str) -> str:
    """What was sealed; remembered for a few minutes, since KMS is paid by the call.

    Raises: Unavailable `secret_unreadable` when it was sealed by another key, for something else, or not at all.
    """
    kept = _opened.get((sealed, context))
    if kept and kept[1] > time.monotonic():
        return kept[0]
    text = _opened_by_kms(sealed, context)
    if len(_opened) >= _MOST_KEPT:
        _opened.clear()
    _opened[sealed, context] = text, time.monotonic() + KEPT_SECONDS
    return text


def _opened_by_kms(sealed: str, context: str) -> str:
    unreadable = Unavailable("A secret that is kept for this can't be opened any more.", code="secret_unreadable")
    try:
        blob = base64.b64decode(sealed, validate=True)
        answer = kms().decrypt(KeyId=settings().kms_key, CiphertextBlob=blob, EncryptionContext={"sluice": context})
    except ValueError:
        raise unreadable from None
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_OURS:
            raise
        raise unreadable from error
    return answer["Plaintext"].decode()


def table_secret(table: str, name: str) -> str:
    """A secret that all functions of a stack share, kept sealed in its table; made at its first use, and when it can't
    be opened any more.
    """
    while True:
        found = dynamodb().get_item(TableName=table, Key=_secret_key(name), ConsistentRead=True)
        sealed = from_item(found["Item"])["sealed"] if "Item" in found else None
        try:
            if sealed is not None:
                return unseal(sealed, f"table:{name}")
        except Unavailable:
            pass
        _put_secret(table, name, sealed)


def _put_secret(table: str, name: str, instead_of: str | None) -> None:
    """Keep a new secret, unless another function has been faster."""
    fresh = seal(secrets.token_hex(32), f"table:{name}")
    unchanged = {"ConditionExpression": "sealed = :old", "ExpressionAttributeValues": {":old": {"S": instead_of or ""}}}
    condition: Any = unchanged if instead_of else {"ConditionExpression": "attribute_not_exists(pk)"}
    try:
        dynamodb().put_item(TableName=table, Item={**_secret_key(name), "sealed": {"S": fresh}}, **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise


def _secret_key(name: str) -> Any:
    return to_item({"pk": f"secret#{name}", "sk": "secret"})
