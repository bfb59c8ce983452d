import os
import subprocess
import sys

import pytest

from sluice.errors import ProviderFailed
from sluice.vision import viewer


def test_an_unknown_viewer_is_a_failure_that_names_the_known() -> None:
    with pytest.raises(ProviderFailed, match="embedded, rekognition"):
        viewer("crystal_ball")


@pytest.mark.parametrize(
    "module", ["sluice.kinds.discovery.run", "sluice.kinds.moderation.run", "sluice.vision.embedded"]
)
def test_no_model_is_imported_before_it_is_asked(module: str) -> None:
    code = f"import sys, {module}; sys.exit(str({{'onnxruntime', 'numpy', 'PIL', 'vision_models'}} & set(sys.modules)))"

    imported = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )

    assert imported.stderr.strip() == "set()"
