"""Every error that Sluice raises on purpose.

    SluiceError
    ├── InvalidRequest      the caller can mend it (400); `field` is the path of the bad value
    ├── Unauthorized        no key, or not a valid one (401)
    ├── Forbidden           a valid key whose scope doesn't reach (403)
    ├── NotFound            (404)
    │   ├── TaskNotFound    unknown, expired, or another tenant's: the same answer
    │   └── RouteNotFound
    ├── Conflict            what is there already forbids it (409)
    ├── TooManyRequests     (429); `retry_after` in seconds
    ├── Unavailable         a service that we stand on did not answer (503)
    ├── WorkFailed          becomes the `error` of a task or subtask; never retried
    │   ├── BadSource       the file itself can't be read or isn't of a kind that we take
    │   ├── LimitExceeded   the work is larger than this deployment allows
    │   └── ProviderFailed  a foreign service refused
    └── Cancelled           the task was ended while the work ran

What may pass (throttling, a dropped connection) is left as botocore's own exception, so that the workflow retries it.
"""

from collections.abc import Sequence


class SluiceError(Exception):
    """Base of all; `code` is stable and may be matched by callers, the message may change."""

    code = "internal_error"

    def __init__(self, message: str, *, code: str | None = None, detail: Sequence[str] = ()):
        super().__init__(message)
        self.message = message
        self.detail = tuple(detail)
        if code:
            self.code = code


class InvalidRequest(SluiceError):
    code = "request_invalid"

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None):
        super().__init__(message, code=code)
        self.field = field


class Unauthorized(SluiceError):
    code = "token_invalid"


class Forbidden(SluiceError):
    code = "scope_insufficient"


class NotFound(SluiceError):
    code = "not_found"


class TaskNotFound(NotFound):
    code = "task_not_found"

    def __init__(self, task_id: str):
        super().__init__(f"There is no task {task_id!r}, or it has expired.")


class RouteNotFound(NotFound):
    code = "route_not_found"


class Conflict(SluiceError):
    code = "conflict"


class TooManyRequests(SluiceError):
    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: int = 1):
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(SluiceError):
    code = "unavailable"


class WorkFailed(SluiceError):
    code = "work_failed"


class BadSource(WorkFailed):
    code = "source_unreadable"


class LimitExceeded(WorkFailed):
    code = "limit_exceeded"


class ProviderFailed(WorkFailed):
    code = "provider_failed"


class Cancelled(SluiceError):
    code = "cancelled"

    def __init__(self) -> None:
        super().__init__("The task was ended.")
