"""Where the chunks of one subtask lie, and under which names."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from sluice.aws import files
from sluice.ffmpeg.binaries import binary
from sluice.kinds.video.chunks import address
from sluice.naming import WORK
from sluice.settings import settings
from sluice.workspace import Workspace, type_of

PLAN, RECIPES, LIST = "plan.json", "recipes", "list.json"
_JSON = "application/json"
_DIGEST_LETTERS = 16
_UPLOADS_AT_ONCE = 8


class Folder:
    """Where the chunks of one subtask lie."""

    def __init__(self, workspace: Workspace):
        self.bucket = settings().output_bucket
        self.prefix = f"{WORK}/{workspace.job.task_id}/chunks/{workspace.job.number}"

    def key(self, name: str) -> str:
        return f"{self.prefix}/{name}"

    def put(self, name: str, content: Any) -> None:
        files.put_bytes(json.dumps(content).encode(), self.bucket, self.key(name), _JSON)

    def put_file(self, name: str, path: Path) -> dict[str, Any]:
        """Put a file there under a name made from its content: its key, size and ETag.

        So two workers that make the same chunk can't disturb each other, even if what they make should differ.
        """
        key = self._key_of(name, path)
        files.put(path, self.bucket, key, type_of(path.name))
        return {"key": key, "size": path.stat().st_size, "etag": files.head(self.bucket, key).etag}

    def put_files(self, name: str, paths: Sequence[Path]) -> list[dict[str, Any]]:
        """Put many small files there at once, as `put_file` does, under names that go on with the files' own."""
        with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
            return list(pool.map(partial(self._put_small, name), paths))

    def _put_small(self, name: str, path: Path) -> dict[str, Any]:
        key = self._key_of(f"{name}-{path.stem}", path)
        etag = files.put_file(path, self.bucket, key, type_of(path.name))
        return {"key": key, "size": path.stat().st_size, "etag": etag}

    def _key_of(self, name: str, path: Path) -> str:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return self.key(f"{name}-{digest[:_DIGEST_LETTERS]}{path.suffix}")

    def describe(self, name: str, told: Mapping[str, Any]) -> None:
        """Say what was made under this name: the first description stays, and with it the files that it names."""
        files.put_new(json.dumps(told).encode(), self.bucket, self.key(f"{name}.json"), _JSON)

    def leave(self, name: str, path: Path, told: Mapping[str, Any]) -> dict[str, Any]:
        """Put a file there, then its description."""
        made = {**told, **self.put_file(name, path)}
        self.describe(name, made)
        return made

    def get(self, name: str) -> Any:
        """What is in a JSON file, or None when it isn't there."""
        found = files.content(self.bucket, self.key(name))
        return None if found is None else json.loads(found)

    def described(self, name: str) -> Any:
        """What was made under this name, or None when nothing was."""
        return self.get(f"{name}.json")


def address_of(workspace: Workspace, content: Mapping[str, Any]) -> str:
    """The name of what is made of this subtask's source by its options and this content, with this engine."""
    job = workspace.job
    return address(content, job.options, job.source.etag, _engine())


def _engine() -> str:
    """Tells one build of ffmpeg from another without starting it."""
    return str(Path(binary("ffmpeg")).stat().st_size)
