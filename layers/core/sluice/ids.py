"""Task ids: ULIDs in lower case, so that they sort by time.

An upload's id is made from what was uploaded, so a repeated or reordered event, or a later look into the bucket,
comes to the same task. https://github.com/ulid/spec
"""

import hashlib
import re
from datetime import datetime

from ulid import ULID

TASK_ID = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}")


def random_id(moment: datetime) -> str:
    """A fresh id for a request that names nothing that could tell it from its repetition."""
    return str(ULID.from_datetime(moment)).lower()


def upload_id(bucket: str, key: str, etag: str, modified: datetime) -> str:
    """The one id of this content at this key at this time (the object's Last-Modified)."""
    identity = "\0".join((bucket, key, etag))
    milliseconds = int(modified.timestamp() * 1000)
    random_part = hashlib.sha256(identity.encode()).digest()[:10]
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + random_part)).lower()


def is_task_id(text: str) -> bool:
    """Whether the text could be a task id at all; spares the table a pointless read."""
    return bool(TASK_ID.fullmatch(text))
