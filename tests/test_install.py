"""What a newcomer's first command rests on."""

from pathlib import Path

import pytest

import install

PIP = """
echo "$PIP_RETRIES" >> "$TRIES"
test "$(wc -l < "$TRIES")" -ge %d
"""


def tries(folder: Path, monkeypatch: pytest.MonkeyPatch, *, until: int) -> list[str]:
    """What a pip that succeeds only then was told each time."""
    noted = folder / "tries"
    monkeypatch.setenv("TRIES", str(noted))
    try:
        install._install(["sh", "-c", PIP % until, "pip"], folder / "requirements.lock")  # noqa: SLF001 (all of it would install)
    finally:
        told = noted.read_text().split()
    return told


def test_a_download_that_breaks_off_is_gone_on_with_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(tries(tmp_path, monkeypatch, until=1)) == 1
    (tmp_path / "tries").unlink()
    assert len(tries(tmp_path, monkeypatch, until=2)) == 2
    (tmp_path / "tries").unlink()
    with pytest.raises(SystemExit, match="could not be installed"):
        tries(tmp_path, monkeypatch, until=3)


def test_pip_asks_again_for_a_while_unless_it_was_told_how_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_RETRIES", raising=False)
    assert tries(tmp_path, monkeypatch, until=1) == ["7"]
    monkeypatch.setenv("PIP_RETRIES", "0")
    assert tries(tmp_path, monkeypatch, until=1) == ["7", "0"]
