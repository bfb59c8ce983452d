"""Draw the state machine and the data flow from the files themselves, as Mermaid charts.

python -m tools.draw            write docs/pictures.md and the chart in README.md anew
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from sluice import announcing
from sluice.kinds import KINDS
from tools.template import ROOT, load_template

STATE_MACHINE = ROOT / "statemachine" / "process_task.asl.json"
PICTURES = ROOT / "docs" / "pictures.md"
README = ROOT / "README.md"
EVENTS = ROOT / "docs" / "events.schema.json"

PICTURES_TEXT = """# Pictures

Drawn by `make docs` from `statemachine/process_task.asl.json` and `template.yaml`.

## The state machine

{state_machine}

| state | what for |
|---|---|
{comments}

## The data flow

{flow}
"""

_ENDS = {"Choice": ("{{", "}}"), "Task": ("[", "]"), "Pass": ("[/", "/]"), "Map": ("[[", "]]"), "Fail": ("[/", "/]")}

_WORKING = {"Task", "Map"}
_OF_KINDS = {kind.state for kind in KINDS.values()}


def state_machine_chart(machine: dict[str, Any]) -> str:
    """Every state and every way between two of them; the states of a map in a box of its name."""
    return "\n".join(["flowchart TD", *_states(machine, indent="  ")])


def _states(machine: dict[str, Any], indent: str) -> Iterator[str]:
    for name, state in machine["States"].items():
        if state["Type"] == "Map":
            yield f'{indent}subgraph {_id(name)}["{name}"]'
            yield from _states(state["ItemProcessor"], indent + "  ")
            yield f"{indent}end"
        else:
            before, after = _ENDS[state["Type"]]
            yield f'{indent}{_id(name)}{before}"{name}"{after}'
    for name, state in machine["States"].items():
        yield from (f"{indent}{_id(name)} {way}" for way in _ways(state))


def overview_chart(machine: dict[str, Any]) -> str:
    """What is done in which order when all goes well: no choices, no errors, one box for the states of all kinds."""
    return "\n".join(["flowchart TD", *dict.fromkeys(_overview(machine, indent="  "))])


def _overview(machine: dict[str, Any], indent: str) -> Iterator[str]:
    states = machine["States"]
    for name, state in states.items():
        if state["Type"] == "Map":
            yield f'{indent}subgraph {_id(name)}["{name}"]'
            yield from _overview(state["ItemProcessor"], indent + "  ")
            yield f"{indent}end"
        elif state["Type"] == "Task":
            yield f'{indent}{_id(_shown(name))}["{_shown(name)}"]'
    for name, state in states.items():
        if state["Type"] in _WORKING:
            yield from (f"{indent}{_id(_shown(name))} --> {_id(_shown(after))}" for after in _after(states, state))


def _shown(name: str) -> str:
    return "A state a kind" if name in _OF_KINDS else name


def _after(states: dict[str, Any], state: dict[str, Any]) -> Iterator[str]:
    """The states that work and come next, whatever is chosen in between."""
    ways = [choice["Next"] for choice in state.get("Choices", ())] + [state.get("Default"), state.get("Next")]
    for name in filter(None, ways):
        if states[name]["Type"] in _WORKING:
            yield name
        else:
            yield from _after(states, states[name])


def _ways(state: dict[str, Any]) -> Iterator[str]:
    for choice in state.get("Choices", ()):
        yield f"--> {_id(choice['Next'])}"
    if default := state.get("Default"):
        yield f"--> {_id(default)}"
    if following := state.get("Next"):
        yield f"--> {_id(following)}"
    for catch in state.get("Catch", ()):
        yield f"-. error .-> {_id(catch['Next'])}"


def data_flow_chart(template: dict[str, Any]) -> str:
    """Who starts whom, and who reads and writes what, as the template's events and policies have it."""
    functions = {n: r for n, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::Function"}
    lines = [
        "flowchart LR",
        '  upload(["upload"]) --> MediaBucket[("media bucket")]',
        '  client(["client"]) --> ApiFunction',
    ]
    lines += ['  OutputBucket[("output bucket")]', '  Table[("DynamoDB table")]', '  Workflow{{"Step Functions"}}']
    for name, resource in functions.items():
        lines.append(f'  {name}["{name.removesuffix("Function").lower()}"]')
        lines += [f"  {line}" for line in sorted(set(_flows(name, resource["Properties"])))]
    invoked = template["Resources"]["Workflow"]["Properties"]["DefinitionSubstitutions"].values()
    lines += [f"  Workflow --> {value['Fn::GetAtt'].removesuffix('.Arn')}" for value in invoked]
    return "\n".join(lines)


def _flows(name: str, properties: dict[str, Any]) -> Iterator[str]:
    for event in properties.get("Events", {}).values():
        yield f"{_origin(event['Type'], event['Properties'])} .-> {name}"
    for statement in _statements(properties.get("Policies", ())):
        yield from _flow_of(name, statement)


def _origin(kind: str, source: dict[str, Any]) -> str:
    """What an event comes from, and by what."""
    match kind:
        case "EventBridgeRule":
            known = {"aws.s3": "MediaBucket", "aws.states": "Workflow"}
            return f"{known[source['Pattern']['source'][0]]} -. EventBridge"
        case "DynamoDB":
            return f"{source['Stream']['Fn::GetAtt'].removesuffix('.StreamArn')} -. stream"
        case "SQS":
            return f"{source['Queue']['Fn::GetAtt'].removesuffix('.Arn')} -. SQS"
    return "clock([clock]) -. EventBridge"


def _statements(policies: Any) -> Iterator[dict[str, Any]]:
    for policy in policies:
        found = policy.get("Statement", []) if isinstance(policy, dict) else []
        yield from found if isinstance(found, list) else [found]


def _flow_of(name: str, statement: dict[str, Any]) -> Iterator[str]:
    actions = " ".join(statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]])
    resource = json.dumps(statement["Resource"])
    bucket = "MediaBucket" if "-media-" in resource else "OutputBucket"
    if "s3:GetObject" in actions:
        yield f"{bucket} --> {name}"
    if "s3:PutObject" in actions:
        yield f"{name} --> {bucket}"
    if "dynamodb:UpdateItem" in actions:
        yield f"{name} <--> Table"
    if "events:PutEvents" in actions:
        yield f'{name} --> bus(["event bus"])'
    if "sqs:SendMessage" in actions:
        yield f"{name} --> {statement['Resource']['Fn::GetAtt'].removesuffix('.Arn')}"
    if "states:StartExecution" in actions:
        yield f"{name} --> Workflow"


def _id(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_")


def fenced(chart: str) -> str:
    return f"```mermaid\n{chart}\n```"


def pictures() -> str:
    """The text of docs/pictures.md."""
    machine, template = json.loads(STATE_MACHINE.read_text()), load_template()
    comments = "\n".join(f"| {name} | {comment} |" for name, comment in _comments(machine))
    return PICTURES_TEXT.format(
        state_machine=fenced(state_machine_chart(machine)), comments=comments, flow=fenced(data_flow_chart(template))
    )


def _comments(machine: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, state in machine["States"].items():
        yield name, state["Comment"]
        if "ItemProcessor" in state:
            yield from _comments(state["ItemProcessor"])


def kinds_table() -> str:
    """A row a kind, as the kinds say of themselves."""
    rows = [f"| `{kind.name}` | {kind.summary} | {kind.state} | `{kind.function}` |" for kind in KINDS.values()]
    return "\n".join(["| kind | what it makes | state | function |", "|---|---|---|---|", *rows])


def with_drawings(readme: str) -> str:
    """The README with what is drawn put anew between its marks."""
    chart = fenced(overview_chart(json.loads(STATE_MACHINE.read_text())))
    return _between("kinds", kinds_table(), _between("state machine", chart, readme))


def _between(name: str, drawn: str, text: str) -> str:
    begin, end = f"<!-- {name}, by `make docs` -->\n", f"\n<!-- end of {name} -->"
    before, _, rest = text.partition(begin)
    return f"{before}{begin}{drawn}{end}{rest.partition(end)[2]}"


def events() -> str:
    """The schema of the events that are put on the bus."""
    return json.dumps(announcing.schemas(), indent=2) + "\n"


def main() -> None:
    PICTURES.write_text(pictures())
    README.write_text(with_drawings(README.read_text()))
    EVENTS.write_text(events())


if __name__ == "__main__":
    main()
