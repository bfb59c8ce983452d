"""A query → the subtasks that carry it out. Pure: nothing is looked up, so a missing file is found out later."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from sluice.dialects.qencode import places
from sluice.dialects.qencode.errors import refused
from sluice.dialects.qencode.outputs import FOLDERS, translated
from sluice.dialects.qencode.places import Buckets
from sluice.dialects.qencode.query import Destination, Format, Query
from sluice.dialects.qencode.wishes import THEIR_NAMES, Asked, Wish
from sluice.errors import InvalidRequest
from sluice.kinds import validated_options
from sluice.tasks import SubtaskRequest

_OUR_PATH = re.compile(r"subtasks\.(\d+)(?:\.options)?(?:\.(.*))?$")
_PRIVATE = {None, "private"}
_STANDARD = {None, "STANDARD"}


class Plan(NamedTuple):
    """`formats` are the places of the subtasks' formats in the query, in the order of the subtasks."""

    subtasks: tuple[SubtaskRequest, ...]
    formats: tuple[int, ...]
    warnings: tuple[str, ...]


def planned(query: Query, buckets: Buckets, tenant: str) -> Plan:
    """The work, in the order of the formats, but what measures another output after it.

    Raises: InvalidRequest that names the member which isn't carried out.
    """
    check_query(query)
    formats = tuple(query.format)
    asked = [Asked(f, number, formats, buckets, bool(query.upscale)) for number, f in enumerate(formats)]
    wishes = sorted(((one, translated(one)) for one in asked), key=lambda pair: pair[1].measures is not None)
    order = [one.number for one, _ in wishes]
    subtasks = tuple(_subtask(one, wish, order, tenant) for one, wish in wishes)
    warnings = [_version_warning(query), *(text for _, wish in wishes for text in wish.warnings)]
    warnings += [text for one in asked for text in _destination_warnings(one)]
    return Plan(subtasks, tuple(order), tuple(text for text in warnings if text))


def check_query(query: Query) -> None:
    """Members of the query itself that aren't carried out."""
    if query.use_subtask_callback:
        raise refused("use_subtask_callback", "callbacks are about whole tasks")
    if query.refresh_playlist not in (None, 0, "0", False):
        raise refused("refresh_playlist", "a playlist is written once, when its set is done")


def source_url(query: Query) -> str:
    """The one source, also when it is the only one to stitch.

    Raises: InvalidRequest.
    """
    if query.stitch is None:
        if not query.source:
            raise InvalidRequest("source: name one.", field="source", code="source_missing")
        return query.source
    if query.source:
        raise refused("stitch", "several sources aren't joined to one")
    return only_one(query.stitch)


def only_one(sources: Any) -> str:
    """The address in a list to stitch, when there is just one and nothing is to be cut from it.

    Raises: InvalidRequest.
    """
    if not isinstance(sources, list) or len(sources) != 1:
        raise refused("stitch", "several sources aren't joined to one")
    only = sources[0]
    url = only.get("url") if isinstance(only, dict) and set(only) == {"url"} else only
    if not isinstance(url, str):
        raise refused("stitch", "only a plain address is taken, without times")
    return url


def in_their_words(error: InvalidRequest, formats: Sequence[int]) -> InvalidRequest:
    """An error about our subtasks as one about the formats that they came from."""
    found = _OUR_PATH.match(error.field or "")
    if not found or int(found[1]) >= len(formats):
        return error
    parts = [THEIR_NAMES.get(part, part) for part in (found[2] or "").split(".") if part]
    theirs = ".".join(["format", str(formats[int(found[1])]), *parts])
    reason = error.message.removeprefix(f"{error.field}: ")
    return InvalidRequest(f"{theirs}: {reason}", field=theirs, code=error.code)


def _subtask(asked: Asked, wish: Wish, order: list[int], tenant: str) -> SubtaskRequest:
    options = wish.options
    after: tuple[int, ...] = ()
    if wish.measures is not None:
        number = order.index(wish.measures) + 1
        after = (number,)
        options = {**options, "distorted": {**options["distorted"], "subtask": number}}
    position = order.index(asked.number)
    try:
        options = validated_options(wish.kind, options, path=f"subtasks.{position}")
    except InvalidRequest as error:
        raise in_their_words(error, order) from error
    return SubtaskRequest(
        kind=wish.kind, options=options, after=after, output_path=_output_path(asked, tenant), client=client_of(asked)
    )


def client_of(asked: Asked) -> dict[str, Any]:
    """What the status says again of this output."""
    said = {"output": asked.format.output, "format": asked.number, "tag": asked.format.tag}
    return {name: value for name, value in said.items() if value is not None}


def _output_path(asked: Asked, tenant: str) -> str | None:
    destination = _destination(asked.format, asked.field)
    if destination is None:
        return None
    where = f"{asked.field}.destination"
    if destination.permissions not in _PRIVATE:
        raise refused(f"{where}.permissions", "outputs stay private; a signed URL opens them")
    if destination.storage_class not in _STANDARD:
        raise refused(f"{where}.storage_class", "outputs are of the class STANDARD")
    if destination.cache_control is not None:
        raise refused(f"{where}.cache_control", "outputs are put without one")
    folder = asked.format.output in FOLDERS
    return places.output_path(destination.url, asked.buckets, tenant, folder=folder, field=f"{where}.url")


def _destination(wanted: Format, where: str) -> Destination | None:
    if not wanted.destination:
        return None
    if len(wanted.destination) > 1:
        raise refused(f"{where}.destination", "an output has one destination")
    return wanted.destination[0]


def _version_warning(query: Query) -> str | None:
    return "encoder_version: there is one encoder here, whichever is asked for." if query.encoder_version else None


def _destination_warnings(asked: Asked) -> list[str]:
    destination = _destination(asked.format, asked.field)
    if destination and (destination.key or destination.secret):
        return [f"{asked.field}.destination: key and secret aren't needed, and weren't kept."]
    return []
