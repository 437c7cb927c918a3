"""Running the tools of Node."""

import os
import subprocess
from pathlib import Path

_QUIET = {"CI": "1", "NO_COLOR": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false", "REDOCLY_TELEMETRY": "off"}
# A registry that is away for a moment is asked again for a minute.
_PATIENT = {
    "NPM_CONFIG_FETCH_RETRIES": "5",
    "NPM_CONFIG_FETCH_RETRY_MINTIMEOUT": "1000",
    "NPM_CONFIG_FETCH_RETRY_MAXTIMEOUT": "20000",
    "NPM_CONFIG_FETCH_TIMEOUT": "30000",
}


def npm(project: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run npm without colours, questions or news of its own."""
    return subprocess.run(
        ["npm", *command],
        cwd=project,
        env={**_PATIENT, **os.environ, **_QUIET, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
