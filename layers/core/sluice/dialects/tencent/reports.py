"""The JSON files that subtasks have made of what they found: the record keeps only a summary of them."""

import json
from typing import Any

from sluice.aws import files
from sluice.dialects.tencent.say import Reports
from sluice.errors import BadSource
from sluice.settings import settings
from sluice.tasks import Output, Subtask, Task

_NAMES = {"discovery": "discovery.json", "subtitles": "subtitles.json"}
# An answer may hold 6 MB in all, and what is said of a line is longer than the line.
MOST_BYTES = 1_000_000


def reports_of(task: Task) -> Reports:
    """By subtask; what is larger than MOST_BYTES, or has been removed, is left out."""
    found = {subtask.number: _report(subtask) for subtask in task.subtasks if subtask.kind in _NAMES}
    return {number: report for number, report in found.items() if report}


def _report(subtask: Subtask) -> dict[str, Any]:
    output = next((o for o in subtask.outputs if o.name == _NAMES[subtask.kind]), None)
    return _content(output) if output and 0 < output.size <= MOST_BYTES else {}


def _content(output: Output) -> dict[str, Any]:
    try:
        content = json.loads(files.first_bytes(settings().output_bucket, output.key, output.size))
    except (BadSource, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
