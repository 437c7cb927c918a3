"""Puts Onsite and exactly the locked packages into .venv, with nothing but a Python >= 3.11.

`python3 install.py` installs what the service runs on, `python3 install.py --dev` also what tests need.
Nothing is built and nothing is fetched that the lock file does not name with its digest. A second run with
unchanged locks does nothing.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
ATTEMPTS = 2
# For a network that stumbles; whoever sets these knows better.
PATIENCE = {"PIP_RETRIES": "7", "PIP_DEFAULT_TIMEOUT": "30", "PIP_RESUME_RETRIES": "5"}
LAUNCHER = r"""#!/bin/sh
# Finds Python beside itself, so that the project folder can be moved.
exec "$(dirname -- "$(readlink -f -- "$0")")/python" -c "\
import sys
sys.argv[0] = 'onsite'
from service.running.cli import main
main()" "$@"
"""


def main() -> None:
    """Install, or say in one sentence what is missing."""
    arguments = _arguments()
    if sys.version_info < (3, 11):
        sys.exit(f"Onsite needs Python 3.11 or newer; this is {sys.version.split()[0]} at {sys.executable}.")
    if sys.platform == "win32":
        sys.exit("Onsite runs on Linux and macOS; on Windows use it inside WSL.")
    lock = PROJECT / ("requirements-dev.lock" if arguments.dev else "requirements.lock")
    if _is_installed(arguments.venv, lock):
        return
    pip = _environment(arguments.venv)
    print(f"Installing {lock.name} into {arguments.venv} ...", flush=True)
    _install(pip, lock)
    _link(arguments.venv)
    # The longer lock holds the shorter one.
    for done in {lock, PROJECT / "requirements.lock"}:
        _stamp(arguments.venv, done).write_text(_digest(done))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--venv", type=Path, default=PROJECT / ".venv", help="where to install (default: .venv)")
    return parser.parse_args()


def _stamp(venv: Path, lock: Path) -> Path:
    return venv / f".{lock.stem}-installed"


def _is_installed(venv: Path, lock: Path) -> bool:
    stamp = _stamp(venv, lock)
    return stamp.is_file() and stamp.read_text() == _digest(lock) and _runs(venv / "bin" / "python")


def _digest(lock: Path) -> str:
    """Changes with the lock, with this file, and when the project folder is moved."""
    content = lock.read_bytes() + Path(__file__).read_bytes() + os.fsencode(PROJECT)
    return hashlib.sha256(content).hexdigest()


def _runs(python: Path) -> bool:
    """Whether the environment's Python is there, new enough and not a link to one that was removed."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and subprocess.run([python, "-c", check], check=False).returncode == 0


def _environment(venv: Path) -> list[str]:
    """Make the environment unless it is there; the command that runs a pip on it."""
    python = venv / "bin" / "python"
    own_pip = [str(python), "-m", "pip"]
    if _runs(python) and _succeeds([*own_pip, "--version"]):
        return own_pip
    if _succeeds([sys.executable, "-m", "venv", "--clear", str(venv)]):
        return own_pip
    # Debian ships venv without ensurepip; another pip can fill an environment that has none.
    if _succeeds([sys.executable, "-m", "pip", "--version"]):
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", venv], check=True)
        return [sys.executable, "-m", "pip", "--python", str(python)]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    sys.exit(
        f"{sys.executable} can make no virtual environment because its ensurepip is missing. On Debian or Ubuntu:"
        f" apt install python{version}-venv. Elsewhere: install Python from your system's packages with pip."
    )


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _install(pip: list[str], lock: Path) -> None:
    # A wheel for every package, or a plain refusal: a newcomer's machine has no compiler.
    options = ["--quiet", "--no-input", "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock)]
    environment = {**PATIENCE, **os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    # Older pips give up where a file breaks off on its way; what came before it is kept and not fetched again.
    for _ in range(ATTEMPTS):
        if subprocess.run([*pip, "install", *options], check=False, env=environment).returncode == 0:
            return
    sys.exit("The packages could not be installed: see the lines above. Nothing outside .venv was touched.")


def _link(venv: Path) -> None:
    """Make the project importable and `onsite` a command, without a build backend and without copying."""
    packages = next((venv / "lib").glob("python3.*/site-packages"))
    (packages / "onsite.pth").write_text(f"{PROJECT}\n")
    launcher = venv / "bin" / "onsite"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)


if __name__ == "__main__":
    main()
