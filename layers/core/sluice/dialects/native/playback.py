"""/tasks/{id}/play: adaptive sets out of a private bucket, by a ticket in the URL, since players send no headers."""

from posixpath import basename, dirname, join, normpath
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice.aws import files
from sluice.dialects.native import manifests
from sluice.dialects.native.describing import Fragment, answers_other, errors, operation, path_parameter, redirects
from sluice.dialects.native.http import redirect
from sluice.dialects.native.owned import opened, output_named, rest_of_path, subtask_of
from sluice.dialects.native.say import MANIFESTS, PLAY_SECONDS
from sluice.errors import BadSource, InvalidRequest, NotFound
from sluice.settings import settings
from sluice.tasks import Subtask, Task

router = Router()

_TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".mpd": "application/dash+xml"}
_PLAYED = (*MANIFESTS, ".m4s", ".mp4", ".vtt", ".key", ".ts", ".aac", ".m4a")
# A Lambda answers at most 6 MB. Above this the segments go by the play route, whose addresses are short.
MOST_SIGNED_BYTES = 3_000_000
_MOST_MANIFEST_BYTES = 8_000_000
# Players of other pages; what opens this is the ticket, not the page.
_ANY_PAGE = {"Access-Control-Allow-Origin": "*"}


@router.get("/tasks/<task_id>/play/<number>/.+")
def play(task_id: str, number: str) -> Response[str]:
    task, ticket = opened(task_id, (router.current_event.query_string_parameters or {}).get("ticket"))
    subtask = subtask_of(task, number)
    name = unquote(rest_of_path(router.current_event.path, 4))
    key = key_of(subtask, name)
    if not key.endswith(MANIFESTS):
        response = redirect(_signed(task, key))
        response.headers.update(_ANY_PAGE)
        return response
    text = rewritten(task, key, _manifest(key), ticket)
    suffix = key[key.rindex(".") :]
    return Response(200, _TYPES[suffix], text, {"Cache-Control": "private, max-age=60", **_ANY_PAGE})


def key_of(subtask: Subtask, name: str) -> str:
    """Where a member of an adaptive set lies: a listed output, or a file beside or below the manifest.

    Raises: NotFound, also when the subtask has made no manifest.
    """
    if listed := output_named(subtask, name):
        return listed.key
    manifest = next((output.key for output in subtask.outputs if output.key.endswith(MANIFESTS)), None)
    safe = normpath(name) == name and not name.startswith(("/", "..")) and "\\" not in name and name.isprintable()
    if manifest is None or not safe or not name.endswith(_PLAYED):
        raise NotFound(
            f"Subtask {subtask.number} has nothing to play called {basename(name)[:100]!r}.", code="output_not_found"
        )
    return join(dirname(manifest), name)


def rewritten(task: Task, key: str, text: str, ticket: str) -> str:
    """A manifest whose other manifests carry the ticket, and whose segments are signed."""

    def by_ticket(uri: str) -> str:
        return f"{uri}?ticket={ticket}"

    if key.endswith(".mpd"):
        return manifests.dash(text, by_ticket)

    def signed(uri: str) -> str:
        return by_ticket(uri) if uri.endswith(MANIFESTS) else _signed(task, join(dirname(key), uri))

    addresses = [uri for uri in manifests.hls_addresses(text) if not uri.endswith(MANIFESTS)]
    too_long = bool(addresses) and len(addresses) * len(signed(addresses[0])) > MOST_SIGNED_BYTES
    return manifests.hls(text, by_ticket if too_long else signed)


def _signed(task: Task, key: str) -> str:
    """Good for as long as it takes to watch the film, with pauses."""
    media = task.source.media
    seconds = max(settings().url_seconds, int(2 * (media.duration or 0) if media else 0))
    return files.signed_url(settings().output_bucket, key, seconds=min(seconds, PLAY_SECONDS))


def _manifest(key: str) -> str:
    try:
        return files.first_bytes(settings().output_bucket, key, _MOST_MANIFEST_BYTES).decode()
    except BadSource as error:
        raise NotFound("The manifest isn't there any more.", code="output_not_found") from error
    except UnicodeDecodeError as error:
        raise InvalidRequest("The manifest can't be read.", code="output_unreadable") from error


def described() -> Fragment:
    ticket = {
        "name": "ticket",
        "in": "query",
        "required": False,
        "description": "From the `play` of an output; instead of a key.",
        "schema": {"type": "string"},
    }
    play = operation(
        "play",
        "A manifest whose addresses are signed, or a redirect to what it leads to",
        {**answers_other(200, "The manifest"), **redirects(), **errors(400, 404)},
        parameters=[ticket],
    )
    play["security"] = [{}, {"bearer": []}]
    play["responses"]["200"]["content"] = {media_type: {} for media_type in _TYPES.values()}
    names = ("task_id", "number", "path")
    path = "/tasks/{task_id}/play/{number}/{path}"
    return Fragment({path: {"parameters": [path_parameter(name) for name in names], "get": play}})
