"""Adaptive sets out of a private bucket: manifests over the gateway, segments from S3, played by ffmpeg."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import m3u8
import pytest

from sluice.aws.clients import s3
from sluice.clock import now
from sluice.dialects.native import playback
from sluice.kinds.adaptive.run import run
from sluice.tasks import Status, Task
from tests.api import Client
from tests.bench import Bench
from tests.builders import TASK_ID
from tests.clips import Clips
from tests.conftest import OUTPUTS
from tests.integration.site import client_at


def made(bench: Bench, clips: Clips, **options: object) -> Task:
    """A task whose adaptive set has been made of a second and a half of film with sound."""
    film = clips.make(
        "short_film.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1.52", "-f", "lavfi", "-i", "sine=d=1.52"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )
    task = bench.validated(film, kind="adaptive", ladder=[{"short_side": 180}], segment_seconds=1, **options)
    bench.store.begin(task, 1, at=now())
    result = bench.perform(task, run)
    assert result.failure is None, result.failure
    values = result.model_dump(mode="json", include={"outputs", "result"})
    assert bench.store.end_subtask(task.id, 1, 1, Status.SUCCEEDED, values)
    return bench.now(task)


@pytest.fixture
def site(client: Client) -> Iterator[httpx.Client]:
    with client_at(client.handler, client.secret) as site:
        yield site


def play_of(site: httpx.Client, task: Task, name: str) -> str:
    """Where the task says that a player begins."""
    outputs = site.get(f"/tasks/{task.id}").json()["outputs"]
    return str(site.base_url.join(next(o["play"] for o in outputs if o["name"] == name)))


def frames_of(programs: Path, url: str) -> int:
    """How many pictures a player decodes, who has nothing but the address."""
    command: list[str | Path] = [programs / "ffmpeg", "-v", "error", "-i", url, "-map", "0:v:0", "-f", "framecrc", "-"]
    found = subprocess.run(command, capture_output=True, check=True, text=True, timeout=120)
    return sum(not line.startswith("#") for line in found.stdout.splitlines())


@pytest.mark.parametrize("encryption", ["none", "aes-128"])
def test_a_player_plays_the_whole_film_from_its_address_alone(
    encryption: str, bench: Bench, clips: Clips, site: httpx.Client, media_bin: Path
) -> None:
    task = made(bench, clips, encryption=encryption)

    assert frames_of(media_bin, play_of(site, task, "master.m3u8")) == 38
    if encryption == "none":
        assert frames_of(media_bin, play_of(site, task, "manifest.mpd")) == 38


def test_manifests_lead_on_by_ticket_and_segments_are_signed(
    bench: Bench, clips: Clips, site: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = made(bench, clips)
    address = play_of(site, task, "master.m3u8")
    master = httpx.get(address)
    variant = m3u8.loads(master.text, uri=address).playlists[0]

    assert master.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert "ticket=" in variant.uri and not variant.uri.startswith("/")

    media = m3u8.loads(httpx.get(variant.absolute_uri).text)
    segments = [media.segments[0].init_section.uri, *(segment.uri for segment in media.segments)]
    assert all("X-Amz-Signature" in uri for uri in segments)
    assert all(httpx.get(uri).status_code == 200 for uri in segments)

    # as it is for films whose signed addresses are more than a Lambda may answer
    monkeypatch.setattr(playback, "MOST_SIGNED_BYTES", 100)
    long = m3u8.loads(httpx.get(variant.absolute_uri).text, uri=variant.absolute_uri)
    assert "X-Amz-Signature" not in long.segments[0].uri
    redirected = httpx.get(long.segments[0].absolute_uri)
    assert redirected.status_code == 302 and "X-Amz-Signature" in redirected.headers["Location"]


def test_a_ticket_opens_its_own_task_only(bench: Bench, clips: Clips, site: httpx.Client) -> None:
    task = made(bench, clips)
    address = play_of(site, task, "master.m3u8")
    other = bench.upload(b"x")

    assert httpx.get(address).status_code == 200
    for url in (
        address.replace(task.id, other.id),
        address[:-1],
        address.partition("?")[0],
        address.replace("=1", "=9"),
    ):
        assert httpx.get(url).status_code == 401, url
    assert httpx.get(address.replace("/play/1/", "/play/7/")).json()["kind"] == "subtask_not_found"
    with_key = site.get(urlsplit(address).path)
    assert with_key.status_code == 200 and "ticket=" in with_key.text


@pytest.mark.parametrize(
    "name", ["../../work/secret.m4s", "%2e%2e/x.m4s", "none.m3u8", "a.exe", "%00.m4s", ".", "\\..\\x.m4s"]
)
def test_nothing_outside_the_set_is_played(
    name: str, bench: Bench, clips: Clips, client: Client, client_of: Callable[..., Client]
) -> None:
    task = bench.upload(b"x")
    key = f"outputs/{task.id}/1-video/master.m3u8"
    output = {"name": "master.m3u8", "key": key, "type": "x/y", "size": 3}
    s3().put_object(Bucket=OUTPUTS, Key=key, Body=b"#EXTM3U\n")
    bench.store.end_subtask(task.id, 1, 1, Status.SUCCEEDED, {"outputs": [output]})

    answer = client.get(f"/tasks/{task.id}/play/1/{name}")

    assert answer.status == 404, answer.json
    assert client_of(tenant="acme").get(f"/tasks/{task.id}/play/1/master.m3u8").error == (404, "task_not_found")


def test_what_is_not_there_is_not_found(aws: None, client: Client) -> None:
    assert client.get(f"/tasks/{TASK_ID}/play/1/master.m3u8").error == (404, "task_not_found")
