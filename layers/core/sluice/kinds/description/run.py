"""One question to the model, its answer as `description.json`."""

from pydantic import Field

from sluice.jobs import JobResult
from sluice.kinds.description import DescriptionOptions
from sluice.language.asking import ask, usage
from sluice.language.message import json_task, parsed
from sluice.media import Value
from sluice.workspace import Workspace

REPORT = "description.json"
TASK = "Describe it for somebody who looks for it in a library, and for somebody who can't see it."


class Description(Value):
    """The content of `description.json`."""

    title: str = Field(max_length=200, description="Up to ten words.")
    summary: str = Field(max_length=1000, description="One or two sentences.")
    description: str = Field(
        max_length=8000, description="One to three paragraphs: what happens, who and what is there."
    )
    keywords: tuple[str, ...] = Field((), max_length=30, description="Five to fifteen, the most telling first.")


def run(workspace: Workspace) -> JobResult:
    """Raises: ProviderFailed."""
    answer = ask(workspace, json_task(TASK, Description), workspace.options(DescriptionOptions))
    description = parsed(answer.text, Description)
    path = workspace.folder / REPORT
    path.write_text(description.model_dump_json(indent=2))
    told = description.model_dump(mode="json", include={"title", "summary", "keywords"})
    return JobResult(outputs=(workspace.publish(path),), result={**told, **usage(answer)})
