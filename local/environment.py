"""What of the caller's environment the programs that we start get to see."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from local.aws import CREDENTIALS
from local.places import ROOT, Places
from local.processes import MARK


def cleaned(environ: Mapping[str, str]) -> dict[str, str]:
    """Without AWS settings of the caller's own, a proxy to this machine, and our virtual environments on the PATH.

    SAM takes the first python3.11 of the PATH, and needs one that has pip, which those do not.
    """
    kept = {key: value for key, value in environ.items() if not key.startswith("AWS_")}
    direct = environ.get("NO_PROXY") or environ.get("no_proxy", "")
    kept["NO_PROXY"] = kept["no_proxy"] = f"{direct},127.0.0.1,localhost".lstrip(",")
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    kept["PATH"] = os.pathsep.join(f for f in folders if not Path(f).is_relative_to(ROOT))
    return kept


def for_sam(places: Places, environ: Mapping[str, str]) -> dict[str, str]:
    cleaner = cleaned(environ)
    return {
        **cleaner,
        "PATH": os.pathsep.join([str(Path(sys.base_prefix) / "bin"), cleaner["PATH"]]),
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": places.endpoint,
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",
    }


def for_emulator(places: Places, environ: Mapping[str, str]) -> dict[str, str]:
    """Hardly anything of the caller's, because the functions that the emulator runs inherit it."""
    return {
        "PATH": cleaned(environ)["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(places.scratch),
        "TMPDIR": str(places.scratch),
        MARK: str(places.folder),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(places.port),
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(places.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(places.objects),
    }
