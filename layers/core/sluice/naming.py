"""Where files lie in the output bucket. Pure.

outputs/<task id>/<number>-<kind>/<name>    what a subtask has made, unless it was asked to lie elsewhere
outputs/at/<tenant>/<path>                  where it was asked to lie
work/<task id>/…                            what one step leaves for another
"""

import re
from pathlib import PurePosixPath

OUTPUTS, WORK = "outputs", "work"
MOST_PATH_CHARACTERS = 500

_NUMBER = re.compile(r"(\d+)$")
_COUNTER = re.compile(r"\{number(?::(\d+),(\d+),(\d+),(.))?\}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]|//|(^|/)\.{1,2}(/|$)|^/")


def path_mistake(path: str) -> str | None:
    """What is wrong with a path that was asked for, or None."""
    if not path or len(path) > MOST_PATH_CHARACTERS:
        return f"a path has 1 to {MOST_PATH_CHARACTERS} characters"
    if _UNSAFE.search(path):
        return "a path is relative, without `..`, empty parts, backslashes and control characters"
    return None


def output_key(name: str, *, folder: str, tenant: str, path: str | None = None) -> str:
    """The key of an output called `name`.

    A `path` that ends in `/` is a folder. Any other names the file: `{number}` stands for the number at the end of the
    name (of a still, say) and `{format}` for its ending. `{number:0,2,3,x}` counts 0, 2, 4 … from the number 1 on, in
    three places filled up with x. A name that is itself a path, or of another type than the path says, lies beside.
    """
    if path is None:
        return f"{OUTPUTS}/{folder}/{name}"
    return f"{OUTPUTS}/at/{tenant}/{_placed(name, path)}"


def _placed(name: str, path: str) -> str:
    if path.endswith("/"):
        return path + name
    given = PurePosixPath(name)
    if given.parent != PurePosixPath("."):
        return (PurePosixPath(path).parent / name).as_posix()
    suffix, number = given.suffix, _NUMBER.search(given.stem)
    wanted = path.replace("{format}", suffix.removeprefix("."))
    if number:
        wanted = _numbered(wanted, number[1], suffix)
    wanted = _COUNTER.sub("0", wanted)
    target = PurePosixPath(wanted)
    if not target.suffix:
        return wanted + suffix
    return wanted if target.suffix.lower() == suffix.lower() else (target.parent / f"{target.stem}-{name}").as_posix()


def _numbered(path: str, number: str, suffix: str) -> str:
    if _COUNTER.search(path):
        return _COUNTER.sub(lambda counter: _counted(counter, number), path)
    target = PurePosixPath(path)
    stem = target.stem if target.suffix.lower() == suffix.lower() else target.name
    return (target.parent / f"{stem}_{number}{suffix}").as_posix()


def _counted(counter: re.Match[str], number: str) -> str:
    first, step, length, fill = counter.groups()
    return number if first is None else str(int(first) + (int(number) - 1) * int(step)).rjust(int(length), fill)
