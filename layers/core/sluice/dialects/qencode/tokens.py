"""Who may do what: an API key opens a session, a session makes task tokens, a task token is all that its task needs."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from sluice import access
from sluice.aws.keystore import KeyStore
from sluice.aws.tokens import TokenStore
from sluice.clock import now
from sluice.dialects.qencode.errors import (
    KEY_MALFORMED,
    KEY_NOT_FOUND,
    SUSPENDED,
    TOKEN_MALFORMED,
    TOKEN_NOT_FOUND,
    QencodeError,
)
from sluice.errors import Forbidden, Unauthorized
from sluice.keys import ApiKey, Scope, id_in
from sluice.settings import settings

SESSION_LIFE = timedelta(hours=24)
# How long a task token may wait for its start; its task can be asked about for as long as there is a record.
START_LIFE = timedelta(hours=24)
_TOKEN = re.compile("[0-9a-f]{32}")


class TaskToken(NamedTuple):
    """What a task token stands for. `base_url` is where its owner reached us, for the addresses of callbacks."""

    token: str
    tenant: str
    key_id: str
    created_at: datetime
    base_url: str

    @property
    def once_key(self) -> str:
        """One token starts one task, however often it is sent."""
        return f"qencode:{self.token}"

    def may_start(self, at: datetime) -> bool:
        return at < self.created_at + START_LIFE


def open_session(api_key: str) -> tuple[str, datetime]:
    """A session token, and when it ends.

    Raises: QencodeError.
    """
    if id_in(api_key) is None:
        raise QencodeError(KEY_MALFORMED, "Malformed api_key")
    try:
        key = access.caller(f"Bearer {api_key}", Scope.SUBMIT)
    except Unauthorized:
        raise QencodeError(KEY_NOT_FOUND, "API key not found") from None
    except Forbidden as error:
        raise QencodeError(SUSPENDED, error.message) from None
    moment = now()
    token = _sessions().issue({"key_id": key.id}, at=moment, life=SESSION_LIFE)
    return token, moment + SESSION_LIFE


def session_key(token: str) -> ApiKey:
    """The key behind a session, as it is now: one that was revoked meanwhile opens nothing.

    Raises: QencodeError, of which clients know the message `Token not found` by heart.
    """
    if not _TOKEN.fullmatch(token):
        raise QencodeError(TOKEN_MALFORMED, "Malformed token")
    found = _sessions().get(token, at=now())
    key = KeyStore(settings().table).get(found["key_id"]) if found else None
    if key is None:
        raise QencodeError(TOKEN_NOT_FOUND, "Token not found")
    if not key.scope.covers(Scope.SUBMIT):
        raise QencodeError(SUSPENDED, "The API key of this session may not create tasks.")
    return key


def new_task_token(key: ApiKey, base_url: str) -> str:
    moment = now()
    values = {"tenant": key.tenant, "key_id": key.id, "created_at": moment.timestamp(), "base_url": base_url}
    return _task_tokens().issue(values, at=moment, life=START_LIFE + settings().retention)


def task_token(token: str) -> TaskToken | None:
    """What a task token stands for, or None."""
    found = _task_tokens().get(token, at=now()) if _TOKEN.fullmatch(token) else None
    if found is None:
        return None
    created_at = datetime.fromtimestamp(found["created_at"], now().tzinfo)
    return TaskToken(token, found["tenant"], found["key_id"], created_at, found["base_url"])


def _sessions() -> TokenStore:
    return TokenStore(settings().table, "qencode-session")


def _task_tokens() -> TokenStore:
    return TokenStore(settings().table, "qencode-task")
