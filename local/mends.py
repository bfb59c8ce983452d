"""What the emulator does otherwise than AWS, or far slower: functions of its modules that are replaced as it starts.

Called by its own process alone, in the environment that has it.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from types import FunctionType
from typing import Any


def mend() -> None:
    mend_maps()
    mend_batches()
    mend_queries()


def mend_maps() -> None:
    """Have the emulator read the JSONata of a distributed map and of a time-out, which it takes as they stand.

    Both are turned into plain values before it sees them; a map's Output is made of what it gives back.
    """
    from ministack.services import stepfunctions as states

    run_map, execute_task = states._run_distributed_map, states._execute_task

    def distributed_map(
        state: dict[str, Any], given: Any, effective: Any, iterator: Any, execution: Any, context: Any
    ) -> tuple[Any, str | None]:
        if states._state_query_language(state, context) != "JSONata":
            return run_map(state, given, effective, iterator, execution, context)  # type: ignore[no-any-return]
        plain = {name: value for name, value in state.items() if name not in {"Output", "Assign"}}
        for name in {"ItemReader", "MaxConcurrency"} & plain.keys():
            plain[name] = states._apply_jsonata_template(plain[name], given, context)
        made, following = run_map(plain, given, effective, iterator, execution, context)
        output: Any = states._apply_jsonata_output(state, given, context, result=made, default=made)
        return output, following

    def task(state: dict[str, Any], given: Any, execution: Any, context: Any) -> Any:
        if isinstance(state.get("TimeoutSeconds"), str):
            state = {**state, "TimeoutSeconds": states._apply_jsonata_template(state["TimeoutSeconds"], given, context)}
        return execute_task(state, given, execution, context)

    states._run_distributed_map, states._execute_task = distributed_map, task


def mend_batches() -> None:
    """SQS has no rights of its own for batches: who may send a message may send ten at once, as on AWS.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
    """
    from ministack.core import iam_actions

    named = iam_actions._action_from_target

    def single(headers: dict[str, str]) -> str | None:
        action: str | None = named(headers)
        return action.removesuffix("Batch") if action else None

    iam_actions._action_from_target = single


def mend_queries() -> None:
    """Have a Query look through the keys of its partition first, since the emulator parses its condition anew for every
    item, and sorts them all, however few are asked for: the first of ten thousand tasks that wait takes 0.4 seconds.

    What it answers is left to the emulator itself, which is given a table of the few items that can matter.
    """
    from ministack.services import dynamodb

    answered = dynamodb._query

    def query(data: dict[str, Any]) -> Any:
        name = dynamodb._normalize_table_name(data.get("TableName"))
        table = dynamodb._tables.get(name)
        few = narrowed(table, data) if table else None
        if few is None:
            return answered(data)
        return FunctionType(answered.__code__, {**vars(dynamodb), "_tables": {name: few}})(data)

    dynamodb._query = query


_BY_KEY = re.compile(r"(?P<hash>\w+) = (?P<is>:\w+)(?: AND begins_with\((?P<range>\w+), (?P<begins>:\w+)\))?")


def narrowed(table: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """The emulator's table without what a Query can't find; None for one that isn't `pk = :pk` of the table itself,
    with or without `AND begins_with(sk, :begins)`, where the sort keys are strings.
    """
    condition, sort = _BY_KEY.fullmatch(asked.get("KeyConditionExpression", "")), table["sk_name"]
    by_string = {"AttributeName": sort, "AttributeType": "S"} in table["AttributeDefinitions"]
    if not condition or not by_string or "IndexName" in asked or condition["hash"] != table["pk_name"]:
        return None
    if condition["range"] not in {None, sort}:
        return None
    strings = {name: value.get("S") for name, value in asked.get("ExpressionAttributeValues", {}).items()}
    partition, begins = strings.get(condition["is"]), strings.get(condition["begins"], "")
    if partition is None or begins is None:
        return None
    items = table["items"].get(partition, {})
    start = (asked.get("ExclusiveStartKey") or {}).get(sort, {}).get("S")
    where: Any = {"begins": begins, "start": start, "forward": asked.get("ScanIndexForward", True)}
    keys = first_keys(items, **where, most=asked.get("Limit"))
    return {**table, "items": {partition: {key: items[key] for key in keys}}}


def first_keys(
    keys: Iterable[str], *, begins: str, start: str | None, forward: bool, most: int | None
) -> Iterable[str]:
    """The first `most` keys that begin so, in their order or in the reverse, from the `start` of a page on; and one
    more, since the emulator leaves the start itself out.
    """
    ordered = (key for key in sorted(keys, reverse=not forward) if key.startswith(begins))
    behind = (key for key in ordered if start is None or key == start or (key > start) is forward)
    return islice(behind, None if most is None else most + 1)
