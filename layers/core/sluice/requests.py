"""Are these subtasks possible? Checked when they are asked for, so that a mistake is told at once and by its path."""

from collections.abc import Collection, Sequence

from sluice import conditions
from sluice.aws import files
from sluice.errors import BadSource, InvalidRequest
from sluice.kinds import kind_named, validated_options
from sluice.kinds.base import FileRef, Reference
from sluice.looks import looks_like
from sluice.naming import path_mistake
from sluice.ownership import may_read
from sluice.settings import settings
from sluice.tasks import SubtaskRequest
from sluice.workflows import MOST_SUBTASKS

_HEAD_BYTES = 512


def checked(requests: Sequence[SubtaskRequest], *, tenant: str, alone: bool = False) -> tuple[SubtaskRequest, ...]:
    """The requests with their options validated and filled up with defaults.

    Raises: InvalidRequest naming the path, such as `subtasks.0.options.width`, or `options.width` for one that was
    asked for `alone`.
    """
    if len(requests) > MOST_SUBTASKS:
        raise InvalidRequest(f"A task has at most {MOST_SUBTASKS} subtasks.", field="subtasks")
    numbered = enumerate(requests, start=1)
    return tuple(
        _checked(request, number, tenant, "" if alone else f"subtasks.{number - 1}.") for number, request in numbered
    )


def filled(request: SubtaskRequest) -> SubtaskRequest:
    """The request with its defaults where it is sound; what is wrong with it is told when its task is planned."""
    try:
        return request.model_copy(update={"options": validated_options(request.kind, request.options)})
    except InvalidRequest:
        return request


def _checked(request: SubtaskRequest, number: int, tenant: str, path: str) -> SubtaskRequest:
    options = validated_options(request.kind, request.options, path=path.rstrip("."))
    _check_order(request, number, path)
    if request.condition:
        _check_condition(request.condition, path)
    if request.output_path is not None and (mistake := path_mistake(request.output_path)):
        raise InvalidRequest(f"{path}output_path: {mistake}.", field=f"{path}output_path")
    _check_references(request, tenant, options_path=f"{path}options")
    return request.model_copy(update={"options": options})


def _check_order(request: SubtaskRequest, number: int, path: str) -> None:
    """Subtasks come after earlier ones only, so that no two can wait for each other."""
    late = next((n for n in request.after if not 1 <= n < number), None)
    if late is not None:
        message = f"Subtask {number} can't come after subtask {late}, only after earlier ones."
        raise InvalidRequest(message, field=f"{path}after")
    if request.source and request.source.subtask not in request.after:
        message = f"Subtask {number} works on an output of subtask {request.source.subtask}: name it in `after`."
        raise InvalidRequest(message, field=f"{path}source.subtask")


def _check_condition(condition: str, path: str) -> None:
    try:
        conditions.checked(condition)
    except ValueError as error:
        raise InvalidRequest(f"{path}if: {error}.", field=f"{path}if", code="condition_invalid") from error


def _check_references(request: SubtaskRequest, tenant: str, *, options_path: str) -> None:
    kind = kind_named(request.kind)
    options = kind.options.model_validate(request.options)
    for name, reference in kind.references(options).items():
        field = f"{options_path}.{name}"
        if reference.file.subtask is not None:
            _check_comes_after(request.after, reference.file, field)
        else:
            _check_file(reference, tenant, field)


def _check_comes_after(after: Collection[int], file: FileRef, field: str) -> None:
    if file.subtask and file.subtask not in after:
        raise InvalidRequest(f"{field}: name subtask {file.subtask} in `after`.", field=field)


def _check_file(reference: Reference, tenant: str, field: str) -> None:
    """By its first bytes: reading the whole of it is the worker's part."""
    assert reference.file.key, "a reference is by subtask or by key"
    try:
        if not may_read(tenant, reference.file.key):
            raise files.missing(reference.file.key)
        head = files.head(settings().media_bucket, reference.file.key)
        first = files.first_bytes(settings().media_bucket, reference.file.key, _HEAD_BYTES) if head.size else b""
    except BadSource as error:
        raise InvalidRequest(f"{field}: {error.message}", field=field, code="file_missing") from error
    if not looks_like(reference.expected, first):
        message = f"{field}: the file {reference.file.key!r} is not {reference.expected}."
        raise InvalidRequest(message, field=field, code="file_unsuitable")
