"""Where the local cloud of one port keeps its things."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".local"
DEFAULT_PORT = 4566


@dataclass(frozen=True)
class Places:
    """One local cloud: its two ports, its folder, and the files in it."""

    port: int
    folder: Path

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_port(self) -> int:
        return self.port + 1

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def stack_env(self) -> Path:
        return self.folder / "stack.env"

    @property
    def api_id(self) -> Path:
        """Holds the id of our HTTP API in the emulator, for the door at the root path."""
        return self.folder / "api-id"

    @property
    def pid_file(self) -> Path:
        return self.folder / "emulator.pid"

    @property
    def log(self) -> Path:
        return self.folder / "emulator.log"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def objects(self) -> Path:
        return self.folder / "objects"

    @property
    def scratch(self) -> Path:
        """The TMPDIR of the emulator and its workers, emptied when they are gone."""
        return self.folder / "tmp"

    @property
    def holdings(self) -> tuple[Path, ...]:
        """What is lost when this local cloud is to start from nothing."""
        return (self.state, self.objects, self.scratch, self.stack_env, self.api_id)

    @property
    def media_bin(self) -> Path:
        return self.folder / "bin"


def places(port: int = DEFAULT_PORT, folder: Path | None = None) -> Places:
    """The places of a port. The default port has `.local` itself, any other a folder below it."""
    default = HOME if port == DEFAULT_PORT else HOME / str(port)
    return Places(port, (folder or default).resolve())


def shown(path: Path) -> str:
    """A path as a reader at the project's root would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
