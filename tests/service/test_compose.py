"""No container engine is needed: what the production shape would do is read, and its SQL is run."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.embedded_postgres.binaries import ENVIRONMENT, program
from service.embedded_postgres.configuration import Passwords, creation, rights

COMPOSE = Path(__file__).parents[2] / "compose.yaml"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text()))


def script(compose: dict[str, Any]) -> str:
    # Compose reads a doubled dollar as a plain one.
    return str(compose["configs"]["accounts"]["content"]).replace("$$", "$")


def test_the_external_database_gives_the_same_rights_as_the_embedded_one(compose: dict[str, Any]) -> None:
    _, sql, _ = re.split(r"<<'SQL'\n|\nSQL\n", script(compose))

    given = [line.rstrip(";") for line in sql.splitlines() if not line.startswith("\\")]

    expected = [*creation(), *rights(Passwords(owner="owner", app="app"))]
    assert given == [re.sub(r"PASSWORD '(\w+)'", r"PASSWORD :'\1'", statement) for statement in expected]


def test_the_accounts_script_is_one_that_bash_reads(compose: dict[str, Any]) -> None:
    subprocess.run(["bash", "-n"], input=script(compose), text=True, check=True)


def test_psql_is_asked_only_what_it_understands(compose: dict[str, Any]) -> None:
    options = re.findall(r"--[a-z-]+", script(compose).partition("<<")[0])
    known = subprocess.run([program("psql"), "--help"], capture_output=True, text=True, check=True, env=ENVIRONMENT)

    assert set(options) <= set(re.findall(r"--[a-z-]+", known.stdout))


@pytest.mark.parametrize("service", ["api", "migrate"])
def test_the_service_has_no_powers_and_writes_nowhere(compose: dict[str, Any], service: str) -> None:
    shape = compose["services"][service]

    assert (shape["read_only"], shape["cap_drop"]) == (True, ["ALL"])


def test_photos_outlive_the_container_that_took_them_in(compose: dict[str, Any]) -> None:
    kept = dict(mount.split(":") for mount in compose["services"]["api"]["volumes"])
    data = re.findall(r"ONSITE_DATA=(\S+)", COMPOSE.with_name("Dockerfile").read_text())

    assert list(kept.values()) == data
    assert set(kept) <= set(compose["volumes"])


def test_only_the_migration_signs_in_as_owner(compose: dict[str, Any]) -> None:
    owners = {name: "onsite_owner" in str(shape["environment"].get("DATABASE_URL"))
              for name, shape in compose["services"].items()}  # fmt: skip

    assert owners == {"api": False, "migrate": True, "postgres": False}


def test_no_password_has_a_default(compose: dict[str, Any]) -> None:
    assert re.findall(r"\$\{\w*PASSWORD:?-", COMPOSE.read_text()) == []
