"""A production installation begins: one command, then everything over HTTP."""

import subprocess
from pathlib import Path

import httpx
import pytest

from service import embedded_postgres
from tests.processes.installations import ONSITE, PATIENCE_SECONDS, Installation, asking

COMMAND = (
    *("organisation", "xilan", "杭州溪澜家电服务有限公司", "--outlet", "HZ01", "西湖服务站", "--city", "杭州"),
    *("--position", "30.27", "120.15", "--complaint-line", "100-0000-0001", "--admin", "admin"),
)
PASSWORD = "a long enough sentence"


def begin(where: Installation, *more: str, password: str = PASSWORD, **environment: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*ONSITE, *COMMAND, *more],
        env={**where.environment, **environment},
        input=f"{password}\n",
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def sign_in(api: httpx.Client) -> httpx.Response:
    who = {"organisation": "xilan", "login": "admin", "password": PASSWORD, "device_name": "desk"}
    return api.post("/v1/sessions", json=who)


def test_the_first_administrator_signs_in_and_takes_a_dispatcher_on(installation: Installation) -> None:
    code, said, trouble = begin(installation)
    assert (code, "onsite serve" in said, PASSWORD in said + trouble) == (0, True, False), trouble
    installation.start("serve")

    with asking(installation.url) as api:
        api.headers["authorization"] = f"Bearer {sign_in(api).json()['access_token']}"
        (outlet,) = api.get("/v1/outlets").json()["items"]
        dispatcher = {"login": "dispatch.hz01", "name": "西湖服务站 调度", "role": "dispatcher"}
        taken_on = api.post("/v1/members", json={**dispatcher, "outlet_ids": [outlet["id"]]})
        pulled = api.post("/v1/sync/pull", json={})

    assert (outlet["code"], outlet["name"], outlet["time_zone"]) == ("HZ01", "西湖服务站", "Asia/Shanghai")
    assert (taken_on.status_code, pulled.status_code) == (201, 200)


def test_an_organisation_that_is_there_is_left_as_it_is_beside_a_running_server(installation: Installation) -> None:
    installation.start("serve")
    assert begin(installation)[0] == 0

    code, _, trouble = begin(installation, password="another long password")

    with asking(installation.url) as api:
        assert sign_in(api).status_code == 201
    assert (code, trouble) == (1, "There is an organisation xilan already. Nothing was changed.\n")


@pytest.mark.parametrize(
    ("more", "password", "named"),
    [
        (("--time-zone", "Nowhere/Land"), PASSWORD, "Nowhere/Land"),
        (("--position", "91", "0"), PASSWORD, "latitude"),
        (("--outlet", "H Z", "西湖服务站"), PASSWORD, "outlet code"),
        ((), "short", "password does not fit: at least 12 characters are needed"),
    ],
)
def test_what_does_not_fit_is_named_in_a_sentence_and_nothing_is_stored(
    installation: Installation, more: tuple[str, ...], password: str, named: str
) -> None:
    code, _, trouble = begin(installation, *more, password=password)

    assert (code, trouble.count("\n"), named in trouble) == (1, 1, True), trouble
    assert list(Path(installation.environment["ONSITE_DATA"]).iterdir()) == []


def test_it_begins_in_an_external_database_too(installation: Installation, tmp_path: Path) -> None:
    server = embedded_postgres.start(tmp_path / "external")
    try:
        too_early, _, trouble = begin(installation, DATABASE_URL=server.app_url)
        installation.run("migrate", DATABASE_URL=server.owner_url)
        code, _, _ = begin(installation, DATABASE_URL=server.app_url)
        again, _, _ = begin(installation, DATABASE_URL=server.app_url)
    finally:
        server.stop()

    assert (too_early, "onsite migrate" in trouble) == (1, True)
    assert (code, again) == (0, 1)
