"""A finished task in words: rows of a table, and a sentence for a verdict. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

Task = Mapping[str, Any]
Subtask = Mapping[str, Any]

FINAL = ("succeeded", "failed", "cancelled")
COLUMNS = ("subtask", "file", "size", "pixels", "length", "codec")


def rows(task: Task) -> Iterator[tuple[str, ...]]:
    """One row for each output, in the order of COLUMNS."""
    for subtask in task["subtasks"]:
        for output in subtask["outputs"]:
            yield (
                label(subtask),
                output["name"],
                size(output["size"]),
                pixels(output),
                "" if output["type"].startswith("image/") else length(output.get("duration")),
                output.get("codec") or "",
            )


def label(subtask: Subtask) -> str:
    return f"{subtask['number']} {subtask['kind']}"


def size(count: int) -> str:
    """Bytes as people say them.

    >>> size(999), size(1500), size(2_340_000)
    ('999 B', '1.5 kB', '2.3 MB')
    """
    if count < 1000:
        return f"{count} B"
    value = count / 1000
    for unit in ("kB", "MB"):
        if value < 1000:
            return f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def length(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}" if minutes else f"{rest:.1f} s"


def pixels(output: Mapping[str, Any]) -> str:
    return f"{output['width']}x{output['height']}" if output.get("width") else ""


def note(subtask: Subtask) -> str:
    """What there is to say of a subtask beside its files: its verdict, why it was skipped, or why it failed."""
    if subtask.get("error"):
        return f"{subtask['error']['code']}: {subtask['error']['message']}"
    if subtask.get("skipped"):
        return f"skipped: {subtask['skipped']}"
    result = subtask.get("result") or {}
    return verdict(result) if "verdict" in result else ""


def verdict(result: Mapping[str, Any]) -> str:
    labels = ", ".join(f"{each['label']} {each['confidence']:.0f} %" for each in result["labels"])
    return f"verdict {result['verdict']}" + (f": {labels}" if labels else "")


def changes(before: Task | None, after: Task) -> Iterator[str]:
    """Lines that tell what moved between two looks at a task, for where no bar can be drawn."""
    known = {each["number"]: each for each in before["subtasks"]} if before else {}
    if not before or before["status"] != after["status"]:
        yield f"task: {after['status']}"
    for subtask in after["subtasks"]:
        old = known.get(subtask["number"])
        if old is None or _moved(old, subtask):
            percent = f" {subtask['progress']:.0f} %" if subtask["status"] == "processing" else ""
            yield f"{label(subtask)}: {subtask['status']}{percent}"


def _moved(old: Subtask, new: Subtask) -> bool:
    """A change of status, or another quarter of the way."""
    return bool(old["status"] != new["status"] or old["progress"] // 25 != new["progress"] // 25)
