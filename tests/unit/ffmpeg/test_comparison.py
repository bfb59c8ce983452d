import json
from pathlib import Path

from sluice.ffmpeg.comparison import Metric, comparison, scores
from sluice.media import Size

LOG = Path("/s/it's.json")


def graph(*metrics: Metric, **options: object) -> list[str]:
    given = {"distorted": "0:v", "reference": "1:v", **options}
    return comparison(Size(641, 360), metrics, LOG, **given).split(";")  # type: ignore[arg-type]


def test_both_come_to_the_references_size_from_nought_on() -> None:
    distorted, reference, _ = graph(Metric.VMAF)

    common = "setpts=PTS-STARTPTS,scale=640:360:flags=bicubic,setsar=1,format=yuv420p:color_ranges=tv"
    assert distorted == f"[0:v]{common}[distorted]"
    assert reference == f"[1:v]{common}[reference]"


def test_the_reference_goes_through_what_was_done_to_the_other() -> None:
    _, reference, _ = graph(Metric.VMAF, cleaning=["bwdif=deint=interlaced"], ten_bit=True)

    assert reference.startswith("[1:v]bwdif=deint=interlaced,setpts=")
    assert "format=yuv420p10le" in reference


def test_frames_are_matched_by_the_nearest_time_and_only_asked_for_metrics_measured() -> None:
    both, vmaf, ssim = (graph(*metrics)[2] for metrics in (Metric, [Metric.VMAF], [Metric.SSIM]))

    assert "model=version=vmaf_v0.6.1:feature=name=float_ssim|name=psnr:" in both
    assert "feature" not in vmaf
    assert "libvmaf=model=:feature=name=float_ssim:" in ssim
    assert all("ts_sync_mode=nearest:shortest=1" in found for found in (both, vmaf, ssim))
    assert r"log_path=/s/it\\\'s.json" in both


def test_scores_are_those_of_each_frame() -> None:
    frames = [{"metrics": {"vmaf": 90 + n, "psnr_y": 40, "psnr_cb": 1, "float_ssim": 0.9}} for n in range(3)]

    found = scores(json.dumps({"frames": frames}), [Metric.VMAF, Metric.PSNR])

    assert found == {Metric.VMAF: [90, 91, 92], Metric.PSNR: [40, 40, 40]}
