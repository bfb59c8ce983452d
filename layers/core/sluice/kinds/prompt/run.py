"""The caller's question to the model, its answer as `answer.txt`."""

from sluice.jobs import JobResult
from sluice.kinds.prompt import PromptOptions
from sluice.language.asking import ask, usage
from sluice.workspace import Workspace

REPORT = "answer.txt"
# What the record keeps of a long answer.
MAX_SHOWN = 2000


def run(workspace: Workspace) -> JobResult:
    """Raises: ProviderFailed."""
    options = workspace.options(PromptOptions)
    answer = ask(workspace, options.prompt, options)
    path = workspace.folder / REPORT
    path.write_text(answer.text + "\n")
    return JobResult(outputs=(workspace.publish(path),), result={"answer": answer.text[:MAX_SHOWN], **usage(answer)})
