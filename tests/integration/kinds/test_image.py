"""Pictures in, pictures out, judged with a decoder of another make."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageSequence

from sluice.jobs import JobResult
from sluice.kinds.image.run import run
from tests.bench import Bench
from tests.clips import Clips
from tests.numbered import Numbered, number_in

Made = Callable[..., JobResult]

_ORIENTATION, _MAKE = 0x0112, 0x010F
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
# How a camera that was held so has stored the picture. https://www.cipa.jp/std/documents/e/DC-008-2012_E.pdf, 4.6.4
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.fixture
def made(bench: Bench) -> Made:
    def made(source: bytes | Path, **options: Any) -> JobResult:
        return bench.perform(bench.validated(source, kind="image", **options), run)

    return made


def opened(result: JobResult, bench: Bench) -> Image.Image:
    assert result.failure is None, result.failure
    (output,) = result.outputs
    image = Image.open(io.BytesIO(bench.made(output).read_bytes()))
    assert (output.width, output.height) == image.size
    return image


def packed(image: Image.Image, form: str, **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def corners() -> Image.Image:
    """96x48: red, green and blue in the corners, the last one white."""
    image = Image.new("RGB", (96, 48), "grey")
    for color, place in ((RED, (0, 0)), (GREEN, (72, 0)), (BLUE, (0, 36)), (WHITE, (72, 36))):
        image.paste(color, (*place, place[0] + 24, place[1] + 12))
    return image


def seen_in(image: Image.Image) -> list[Any]:
    """The colours of the four corners, as full or no light."""
    right, bottom = image.width - 5, image.height - 4
    places = ((4, 3), (right, 3), (4, bottom), (right, bottom))
    pixels = [image.convert("RGB").getpixel(place) for place in places]
    return [tuple(255 * (light > 127) for light in pixel) for pixel in pixels if isinstance(pixel, tuple)]


def photo(orientation: int, form: str = "JPEG") -> bytes:
    """As a camera leaves it: turned in memory, with a note on how to hold it, and on who made it."""
    turn = STORED_AS[orientation]
    notes = Image.Exif()
    notes[_ORIENTATION] = orientation
    notes[_MAKE] = "SecretCam"
    stored = corners() if turn is None else corners().transpose(turn)
    return packed(stored, form, exif=notes, **({"quality": 95, "comment": b"SecretCam"} if form == "JPEG" else {}))


@pytest.mark.parametrize("orientation", STORED_AS)
def test_a_photo_comes_out_as_it_was_held(orientation: int, bench: Bench, made: Made) -> None:
    image = opened(made(photo(orientation), width=48), bench)

    assert image.size == (48, 24)
    assert seen_in(image) == [RED, GREEN, BLUE, WHITE]


@pytest.mark.parametrize(
    ("source", "form"),
    [
        *(("JPEG", form) for form in ("jpeg", "png", "webp", "avif", "gif")),
        *((source, "png") for source in ("PNG", "WEBP", "TIFF")),
    ],
)
def test_the_cameras_notes_are_left_out(source: str, form: str, bench: Bench, made: Made) -> None:
    result = made(photo(6, source), format=form)

    image = opened(result, bench)
    assert (image.size, seen_in(image)) == ((96, 48), [RED, GREEN, BLUE, WHITE])
    assert dict(image.getexif()) == {}
    assert b"SecretCam" not in bench.made(result.outputs[0]).read_bytes()


def test_a_photo_is_described_as_it_was_held(bench: Bench) -> None:
    """Whoever looks at frames of it needs its shape."""
    media = bench.validated(photo(6), kind="image").source.media

    assert media and media.main_video and media.main_video.display_size == (96, 48)


@pytest.mark.parametrize(("form", "kept"), [("png", True), ("webp", True), ("avif", True), ("jpeg", False)])
def test_what_is_transparent_stays_so_or_shows_the_background(form: str, kept: bool, bench: Bench, made: Made) -> None:
    picture = Image.new("RGBA", (64, 64), (255, 0, 0, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 32, 64))

    image = opened(made(packed(picture, "PNG"), format=form, background="#0000ff", width=32), bench)

    left, right = (image.convert("RGBA").getpixel(place) for place in ((5, 16), (26, 16)))
    assert isinstance(left, tuple) and isinstance(right, tuple)
    assert left[3] < 8 if kept else left == pytest.approx((0, 0, 255, 255), abs=6)
    assert right == pytest.approx((255, 0, 0, 255), abs=12)


@pytest.mark.parametrize(
    ("fit", "size", "corner"),
    [("contain", (40, 20), RED), ("cover", (40, 40), None), ("fill", (40, 40), RED), ("pad", (40, 40), WHITE)],
)
def test_a_picture_comes_into_a_box_of_another_shape(
    fit: str, size: tuple[int, int], corner: tuple[int, int, int] | None, bench: Bench, made: Made
) -> None:
    image = opened(made(packed(corners(), "PNG"), format="png", width=40, height=40, fit=fit), bench)

    assert image.size == size
    assert corner is None or seen_in(image)[0] == corner


def test_a_picture_is_never_upscaled(bench: Bench, made: Made) -> None:
    assert opened(made(packed(corners(), "PNG"), width=1000), bench).size == (96, 48)
    assert opened(made(packed(corners(), "PNG"), width=200, height=200, fit="cover"), bench).size == (48, 48)


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "gif"])
def test_a_picture_of_one_pixel_can_be_converted(form: str, bench: Bench, made: Made) -> None:
    image = opened(made(packed(Image.new("RGB", (1, 1), (200, 30, 30)), "PNG"), format=form), bench)

    assert image.size == (1, 1)
    assert image.convert("RGB").getpixel((0, 0)) == pytest.approx((200, 30, 30), abs=12)


def cmyk() -> bytes:
    return packed(Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "JPEG", quality=95)


def deep() -> bytes:
    """16 bits a channel, which Pillow can't write in colour."""
    rows = b"".join(b"\0" + struct.pack(">HHH", 0xFFFF, 0x0000, 0x0000) * 40 for _ in range(30))
    return png(40, 30, zlib.compress(rows), depth=16)


def grey() -> bytes:
    return packed(Image.new("L", (40, 30), 128), "JPEG", quality=95)


def palette() -> bytes:
    return packed(Image.new("RGB", (40, 30), (255, 0, 0)).quantize(8), "PNG")


@pytest.mark.parametrize(
    ("source", "color"), [(cmyk, RED), (deep, RED), (grey, (128, 128, 128)), (palette, RED)], ids=lambda s: str(s)[:15]
)
def test_unusual_pixels_come_out_in_their_colour(
    source: Callable[[], bytes], color: tuple[int, int, int], bench: Bench, made: Made
) -> None:
    image = opened(made(source()), bench)

    assert image.size == (40, 30)
    assert image.convert("RGB").getpixel((20, 15)) == pytest.approx(color, abs=6)


def test_a_colour_profile_stays_where_the_format_can_have_one(bench: Bench, made: Made) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = packed(corners(), "JPEG", icc_profile=profile)

    assert opened(made(source, format="jpeg"), bench).info["icc_profile"] == profile


def test_quality_buys_bytes(bench: Bench, made: Made) -> None:
    noise = packed(Image.effect_noise((64, 64), 60).convert("RGB"), "PNG")

    for form in ("jpeg", "webp", "avif"):
        sizes = [made(noise, format=form, quality=quality).outputs[0].size for quality in (20, 90)]
        assert sizes == sorted(set(sizes)), form


def moving_gif() -> bytes:
    frames = [Image.new("RGB", (40, 30), (60 * n, 0, 0)) for n in range(4)]
    return packed(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[100, 200, 300, 400], loop=0)


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_a_moving_gif_goes_on_moving(form: str, bench: Bench, made: Made) -> None:
    result = made(moving_gif(), format=form, width=20)

    with Image.open(bench.made(result.outputs[0])) as image:
        shown = [
            (frame.convert("RGB").getpixel((9, 9)), frame.info["duration"]) for frame in ImageSequence.Iterator(image)
        ]
        assert image.size == (20, 15)
    assert [pixel[0] for pixel, _ in shown if isinstance(pixel, tuple)] == pytest.approx([0, 60, 120, 180], abs=8)
    assert [duration for _, duration in shown][:3] == [100, 200, 300]


def test_of_a_moving_gif_its_first_frame_is_taken_for_a_still_format(bench: Bench, made: Made) -> None:
    image = opened(made(moving_gif(), format="png"), bench)

    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((9, 9)) == (0, 0, 0)


def test_of_a_film_the_frame_on_screen_is_taken(clips: Clips, bench: Bench, made: Made) -> None:
    film = Numbered(clips).open_gop()

    asked = made(film, time=0.859, format="png")
    assert (number_in(bench.made(asked.outputs[0])), asked.outputs[0].time) == (21, 0.859)
    assert number_in(bench.made(made(film, format="webp").outputs[0])) == 0
    assert opened(made(clips.phone(), time="50%", format="avif"), bench).size == (180, 320)


# ── bombs ─────────────────────────────────────────────────────────────────────────────────────


def png(width: int, height: int, data: bytes, *, depth: int = 8) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def png_bomb() -> bytes:
    """2.7 GB of black in 2.6 MB: a hundred rows, packed, three hundred times over."""
    rows = bytes(100 * (1 + 3 * 30_000))
    packer = zlib.compressobj(wbits=-15)
    block = packer.compress(rows) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 300 * len(rows) % 65_521 << 16 | 1
    return png(30_000, 30_000, b"\x78\x9c" + block * 300 + b"\x03\0" + struct.pack(">I", checksum))


def jpeg_bomb() -> bytes:
    content = bytearray(packed(Image.new("RGB", (64, 64)), "JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", 30_000, 30_000)
    return bytes(content)


def gif_bomb() -> bytes:
    content = bytearray(packed(Image.new("P", (64, 64)), "GIF"))
    content[6:10] = struct.pack("<HH", 30_000, 30_000)
    return bytes(content)


@pytest.mark.parametrize("bomb", [png_bomb, jpeg_bomb, gif_bomb], ids=lambda bomb: bomb.__name__)
def test_a_picture_bomb_is_refused(bomb: Callable[[], bytes], bench: Bench) -> None:
    assert bench.refusal(bomb(), "uploads/picture").code == "source_too_large"
