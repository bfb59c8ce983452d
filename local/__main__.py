"""The commands of the local cloud: `python -m local up | run | status | down`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from local import cloud, engine, follow
from local.console import console
from local.errors import CloudFailed
from local.places import DEFAULT_PORT, ROOT, places, shown

SAMPLE = ROOT / "samples" / "bbb_clip.mp4"

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
Port = Annotated[int, typer.Option(help="The emulator's port; the API answers on the next one.")]


@app.command()
def up(port: Port = DEFAULT_PORT) -> None:
    """Start the local cloud and deploy what has changed."""
    with told_plainly(port):
        cloud.up(port)


@app.command()
def run(
    video: Annotated[Path, typer.Argument(help="The file to upload.")] = SAMPLE,
    port: Port = DEFAULT_PORT,
) -> None:
    """Bring the local cloud up, upload a file, and follow what becomes of it."""
    with told_plainly(port):
        if not video.is_file():
            raise CloudFailed(f"There is no file {video}. Name one: make run VIDEO=path/to/clip.mp4")
        env = cloud.up(port)
        task = follow.run(places(port), env, video)
        if task["status"] != "succeeded":
            raise typer.Exit(1)


@app.command()
def status(port: Port = DEFAULT_PORT) -> None:
    """Tell whether the local cloud runs, and where."""
    here = places(port)
    pid = engine.running(here)
    if not pid:
        console.print(f"Nothing runs on port {port}.")
        raise typer.Exit(1)
    console.print(f"emulator  {here.endpoint}  pid {pid}, log {shown(here.log)}")
    console.print(f"API       {here.api_url}  key in {shown(here.stack_env)}")


@app.command()
def down(port: Port = DEFAULT_PORT) -> None:
    """Stop the local cloud; what it holds is kept for the next start."""
    if not cloud.down(port):
        console.print(f"Nothing runs on port {port}.")


@app.command()
def forget(port: Port = DEFAULT_PORT) -> None:
    """Stop the local cloud and remove what it holds."""
    cloud.forget(port)
    console.print(f"The local cloud of port {port} starts from nothing next time.")


@contextmanager
def told_plainly(port: int) -> Iterator[None]:
    """A sentence in place of a traceback, for what a user can do something about."""
    try:
        yield
    except CloudFailed as error:
        console.print(f"[red]✗[/] {error}", markup=True, soft_wrap=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        console.print("\nThe local cloud still runs; make down stops it.")
        raise typer.Exit(130) from None


if __name__ == "__main__":
    app()
