"""`onsite scheme`: what holds is stored, what does not is told with every reason."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from service.embedded_postgres import Server
from service.running import scheme_file
from service.running.cli import main
from service.scoring.shipped import SHIPPED
from service.settings import Settings
from tests.builders.sample_desk import ADMIN, Desk


def written(tmp_path: Path, **changes: Any) -> Path:
    scheme = {**msgspec.to_builtins(SHIPPED["gb-t-27922-2011"]), "code": "own", **changes}
    path = tmp_path / "edition.json"
    path.write_text(json.dumps(scheme), encoding="utf-8")
    return path


def test_a_file_that_holds_is_said_to_hold_and_nothing_is_stored(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["scheme", str(written(tmp_path))])
    assert (result.exit_code, result.output) == (0, "The scheme own holds. Nothing was stored.\n")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"code": "own"', "edition.json"),
        ('{"code": "own", "zh": "自定", "en": "Own", "stars": 5}', "stars"),
        (
            '{"code": "own", "zh": "自定", "en": "Own", "split": [{"clause": "5.1.2", "points": 12}]}',
            "A split names each indicator of its block exactly once",
        ),
    ],
)
def test_what_does_not_hold_is_told_why(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "edition.json"
    path.write_text(content, encoding="utf-8")
    result = CliRunner().invoke(main, ["scheme", str(path)])
    assert result.exit_code == 1
    assert told in result.output


def test_a_scheme_that_does_not_add_up_is_told_with_its_sums(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["scheme", str(written(tmp_path, total_points=90))])
    assert (result.exit_code, "Stated are 90 points, the parts come to 100" in result.output) == (1, True)


async def test_a_file_is_stored_in_the_name_of_an_administrator_and_replaces_what_was_there(
    desk: Desk, tmp_path: Path, settings: Settings, migrated: Server
) -> None:
    first, second = (scheme_file.read(written(tmp_path, edition=name)) for name in ("第一版", "第二版"))

    versions = [await scheme_file.store(settings, migrated.app_url, each, ADMIN, None) for each in (first, second)]

    stored = (await desk.ask(ADMIN, "GET", "/v1/schemes/own")).json()
    assert (versions, stored["item"]["edition"]) == ([1, 2], "第二版")
    assert stored["changed_by"] == str(desk.member_id(ADMIN))
