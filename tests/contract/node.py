"""Running the tools of Node."""

import os
import subprocess
from pathlib import Path

_QUIET = {"CI": "1", "NO_COLOR": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false", "REDOCLY_TELEMETRY": "off"}


def npm(project: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run npm without colours, questions or news of its own."""
    return subprocess.run(
        ["npm", *command],
        cwd=project,
        env={**os.environ, **_QUIET, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
