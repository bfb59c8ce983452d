"""/tasks/{id}/source and /tasks/{id}/outputs: redirects to the files."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from sluice import addresses
from sluice.dialects.native.describing import Fragment, errors, operation, path_parameter, query_parameters, redirects
from sluice.dialects.native.http import parsed_query, redirect
from sluice.dialects.native.models import Incoming
from sluice.dialects.native.owned import opened, output_named, rest_of_path, subtask_of
from sluice.dialects.native.say import output_url, source_url
from sluice.errors import NotFound

router = Router()


class FileQuery(Incoming):
    download: bool = Field(False, description="Make a browser save it instead of showing it.")
    ticket: str | None = Field(None, max_length=100, description="From the task's `ticket`, in place of a key.")


@router.get("/tasks/<task_id>/source")
def get_source(task_id: str) -> Response[str]:
    query = parsed_query(FileQuery)
    source = opened(task_id, query.ticket)[0].source
    name = (source.key or "").rpartition("/")[2] or addresses.file_name(source.url or "")
    return redirect(source_url(source, save_as=name if query.download else None) or "")


@router.get("/tasks/<task_id>/outputs/<number>/.+")
def get_output(task_id: str, number: str) -> Response[str]:
    query = parsed_query(FileQuery)
    name = rest_of_path(router.current_event.path, 4)
    subtask = subtask_of(opened(task_id, query.ticket)[0], number)
    output = output_named(subtask, name)
    if output is None:
        raise NotFound(f"Subtask {subtask.number} has no output {name[:100]!r}.", code="output_not_found")
    saved = output.key.rpartition("/")[2]
    return redirect(output_url(output, save_as=saved if query.download else None))


def described() -> Fragment:
    parameters = query_parameters(FileQuery)
    told = {**redirects(), **errors(400, 404)}
    source = operation("getSource", "The source", told, parameters=parameters)
    output = operation("getOutput", "An output", told, parameters=parameters)
    task_id = path_parameter("task_id")
    return Fragment(
        {
            "/tasks/{task_id}/source": {"parameters": [task_id], "get": source},
            "/tasks/{task_id}/outputs/{number}/{name}": {
                "parameters": [task_id, path_parameter("number"), path_parameter("name")],
                "get": output,
            },
        }
    )
