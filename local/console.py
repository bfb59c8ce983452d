"""What the commands say: a spinner on a terminal, plain lines in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False)


@contextmanager
def step(doing: str, done: str) -> Iterator[None]:
    """Tell of a step that may take more than a second, and of the time it took."""
    started = time.monotonic()
    if console.is_terminal:
        with console.status(f"{doing} …"):
            yield
    else:
        console.print(f"{doing} …")
        yield
    took = time.monotonic() - started
    console.print(f"[green]✓[/] {done} [dim]{took:.1f} s[/]", soft_wrap=True)
