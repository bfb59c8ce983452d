"""Qencode's error numbers, and which of our errors each stands for. They come with HTTP 200, as its clients want it."""

from sluice.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    SluiceError,
    TaskNotFound,
    TooManyRequests,
    Unauthorized,
    WorkFailed,
)

INTERNAL = 1
KEY_MALFORMED = 2
KEY_NOT_FOUND = 3
TOKEN_MALFORMED = 4
TOKEN_NOT_FOUND = 5
SUSPENDED = 6
# makes clients wait for a minute and come again, up to 32 times: only for what waiting helps
BUSY = 8
PAYLOAD_TOO_LONG = 9
BAD_PROFILE = 11
PROFILE_NOT_FOUND = 12
TASK_TOKENS_INVALID = 13
FIELD_REQUIRED = 14
QUERY_REQUIRED = 19

NUMBERS: tuple[tuple[type[SluiceError], int], ...] = (
    (TooManyRequests, BUSY),
    (Unauthorized, KEY_NOT_FOUND),
    (Forbidden, SUSPENDED),
    (TaskNotFound, TASK_TOKENS_INVALID),
    (NotFound, INTERNAL),
    (Conflict, TASK_TOKENS_INVALID),
    (InvalidRequest, BAD_PROFILE),
    (WorkFailed, BAD_PROFILE),
)


class QencodeError(SluiceError):
    """An error that has a number of its own."""

    def __init__(self, number: int, message: str):
        super().__init__(message)
        self.number = number


def number_of(error: SluiceError) -> int:
    if isinstance(error, QencodeError):
        return error.number
    return next((number for kind, number in NUMBERS if isinstance(error, kind)), INTERNAL)


def refused(field: str, reason: str) -> InvalidRequest:
    """What this dialect, or the kind behind it, doesn't carry out: said with the member's path."""
    return InvalidRequest(f"{field}: {reason}.", field=field, code="not_supported")
