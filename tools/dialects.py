"""Write docs/dialects.md: what each dialect carries out, from the tables that the tests try.

python -m tools.dialects
"""

import json
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

from sluice.dialects.features import Feature
from tools.template import ROOT

PAGE = ROOT / "docs" / "dialects.md"

# Those that have tables; the native API describes itself at /openapi.json.
TITLES = {"tencent": "Tencent Cloud MPS", "qencode": "Qencode", "ittybit": "ittybit"}

_TEXT = """# Dialects

Written by `make docs` from the tables in `layers/core/sluice/dialects/<name>/features.py`. A test translates the
example of every row: it works where it says yes, and is refused by its name where it says no. Nothing is dropped in
silence.
{sections}
"""

_INTRODUCTIONS = {
    "tencent": """
API 3.0, version 2019-06-12, signed by TC3-HMAC-SHA256. Point the SDK's `endpoint` at this deployment's host, without a
scheme or path. SecretId is the id of a key and SecretKey its signing secret, both told once when the key is made
(`POST /keys`). Actions: ProcessMedia, ProcessImage and ManageTask (scope submit), DescribeTasks, DescribeTaskDetail and
DescribeImageTaskDetail (scope read).

The media bucket stands for COS, whatever region is named. Outputs lie in the output bucket below
`outputs/at/<tenant>/`; `Path` and `OutputStorage` in answers are the real ones. What is sent again byte by byte is the
same task; a SessionId that was used before is an error. Tasks of the other APIs and of uploads are listed and told as
well. ManageTask aborts what is WAITING, as the service does. Not here: signature v1, temporary keys (X-TC-Token), other
actions.
""",
    "qencode": """
Point a client's `api_url` at this deployment; `api_key` is the secret of a key of scope submit. Outputs stay in the
deployment's bucket, below `outputs/at/<tenant>/` where a destination says so, and `url` is good for 24 hours or as long
as the function's credentials are.

Uploads by TUS 1.0.0 go to `upload_url/<task_token>`. On AWS a request holds 10 MB and a Lambda's payload 6 MB in
base64: **send pieces of at most 4 MiB** (`tus_uploader.upload(…, chunk_size=4 * 1024 * 1024)`). An upload has 24 hours
to be finished and used.

Errors come with HTTP 200 and Qencode's numbers: 2 and 3 for the key, 4 and 5 for the session, 6 for a key that may only
read, 8 for too many calls, 9 for the payload, 11 for whatever is refused in a query, 12 for an unknown profile, 13 for
task tokens, 14 and 19 for a missing field, 1 for the rest. `profiles` of start_encode are names of presets, or one
workflow's.
""",
}


def page() -> str:
    return _TEXT.format(sections="".join(_section(name) for name in TITLES if _features(name))).rstrip() + "\n"


def _section(name: str) -> str:
    return f"\n## {TITLES[name]}\n{_INTRODUCTIONS.get(name, '')}\n{_table(_features(name))}\n"


def _features(name: str) -> tuple[Feature, ...]:
    """The dialect's table; empty while it has none."""
    module = f"sluice.dialects.{name}.features"
    if find_spec(f"sluice.dialects.{name}") is None or find_spec(module) is None:
        return ()
    found: tuple[Feature, ...] = import_module(module).FEATURES
    return found


def _table(features: Iterable[Feature]) -> str:
    return "\n".join(["| | | how, or why not | example |", "|---|---|---|---|", *map(_row, features)])


def _row(feature: Feature) -> str:
    example = json.dumps(feature.example, ensure_ascii=False)
    cells = (f"`{feature.name}`", "yes" if feature.supported else "no", feature.note, f"`{example}`")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> None:
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
