"""Where clients get the files of a task: signed addresses, and for adaptive sets one that a player can follow."""

from sluice.aws import files
from sluice.dialects.native.say import MANIFESTS, play_ticket
from sluice.settings import settings
from sluice.tasks import Output, Subtask, Task

# As long as Qencode's own addresses live; but none outlives the credentials of the role that signs it.
_URL_SECONDS = 24 * 3600


def link(task: Task, subtask: Subtask, output: Output) -> str:
    """The address of an output. A manifest goes by our own route, which signs what it leads to."""
    base = (task.client or {}).get("base_url")
    if base and output.name.endswith(MANIFESTS):
        return f"{base}/tasks/{task.id}/play/{subtask.number}/{output.name}?ticket={play_ticket(task.id)}"
    return files.signed_url(settings().output_bucket, output.key, seconds=_URL_SECONDS)
