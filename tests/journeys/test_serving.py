"""The real command in real processes."""

import json
import signal
import socket
import subprocess
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import httpx
import psutil
import pytest

from service import embedded_postgres
from tests.processes.installations import PATIENCE_SECONDS, Installation, asking, free_port


def family(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    return [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]


def all_gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def health(installation: Installation) -> httpx.Response:
    with asking(installation.url) as api:
        return api.get("/v1/health")


def test_serve_answers_over_real_http_from_its_own_database(installation: Installation) -> None:
    installation.start("serve")

    answer = health(installation)

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_a_killed_server_leaves_no_process_behind_and_starts_again(installation: Installation) -> None:
    server = installation.start("serve")
    processes = family(server)
    assert len(processes) > 4

    server.kill()
    server.wait()

    assert all_gone(processes)
    installation.start("serve")
    assert health(installation).status_code == 200


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_server_stops_everything_in_order(installation: Installation, way: signal.Signals) -> None:
    server = installation.start("serve")
    processes = family(server)

    server.send_signal(way)

    assert server.wait(PATIENCE_SECONDS) == 0
    assert all_gone(processes)
    assert embedded_postgres.inspect(Path(installation.environment["ONSITE_DATA"])).state == "stopped"


def test_a_worker_that_dies_is_replaced(installation: Installation) -> None:
    installation.environment["ONSITE_WORKERS"] = "1"
    server = installation.start("serve")
    (worker,) = [each for each in psutil.Process(server.pid).children() if "keeper" not in " ".join(each.cmdline())]

    worker.kill()
    worker.wait(PATIENCE_SECONDS)

    assert health(installation).status_code == 200


def test_a_token_from_the_command_line_opens_the_api(installation: Installation) -> None:
    installation.start("serve")
    assert installation.run("seed").returncode == 0

    token = installation.run("token", "HZ0107").stdout.strip()
    with asking(installation.url) as api:
        answer = api.get("/v1/me", headers={"authorization": f"Bearer {token}"})

    assert answer.json()["member"]["name"] == "王建国"


def test_bytes_that_are_no_http_or_no_path_harm_nobody(installation: Installation) -> None:
    installation.start("serve")
    port = int(installation.environment["ONSITE_PORT"])

    for sent, status in (
        (b"\x16\x03\x01\x02", b" 400 "),
        (b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n", b" 400 "),
        (b"GET /%FF HTTP/1.1\r\nhost: x\r\n\r\n", b" 404 "),
        (b"GET /" + b"a" * 66_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", b" 414 "),
        (b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a: 1\r\n" * 101 + b"\r\n", b" 431 "),
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(sent)
            assert status in connection.recv(65536)[:20]

    assert health(installation).status_code == 200


def test_a_taken_port_is_told_in_a_sentence(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        refused = installation.run("serve", ONSITE_PORT=port)

    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert f"port {port}" in refused.stderr


def test_an_external_database_is_never_migrated_on_the_way(installation: Installation, tmp_path: Path) -> None:
    server = embedded_postgres.start(tmp_path / "external")
    try:
        refused = installation.run("serve", DATABASE_URL=server.app_url)
        migrated = installation.run("migrate", DATABASE_URL=server.owner_url)
        well = installation.run("doctor", DATABASE_URL=server.app_url)
    finally:
        server.stop()

    assert (refused.returncode, "onsite migrate" in refused.stderr) == (1, True)
    assert migrated.returncode == 0
    assert (well.returncode, "WRONG" in well.stdout) == (0, False)


def test_a_database_that_does_not_answer_is_told_without_its_password(installation: Installation) -> None:
    refused = installation.run("serve", DATABASE_URL=f"postgresql://onsite:secret@127.0.0.1:{free_port()}/onsite")

    assert (refused.returncode, "DATABASE_URL" in refused.stderr) == (1, True)
    assert "secret" not in refused.stderr
    assert "Traceback" not in refused.stderr


def test_help_is_worth_reading(installation: Installation) -> None:
    for command in ("serve", "demo", "migrate", "organisation", "seed", "token", "openapi", "doctor", "reset"):
        shown = installation.run(command, "--help")

        assert (shown.returncode, f"onsite {command}" in shown.stdout, "Example" in shown.stdout) == (0, True, True)


def answer_read_after_sending(installation: Installation, path: str, body: bytes, *headers: str) -> tuple[int, str]:
    """Status and code of the problem, for a client that looks for an answer once everything is sent, as most do."""
    connection = HTTPConnection("127.0.0.1", int(installation.environment["ONSITE_PORT"]), timeout=PATIENCE_SECONDS)
    with closing(connection):
        connection.request("POST", path, body, dict(header.split(": ") for header in headers))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())["code"]


def test_a_refusal_reaches_who_sends_a_large_body_to_the_end(installation: Installation) -> None:
    installation.start("serve")
    large, json_type = b" " * 6_000_000, "Content-Type: application/json"

    told = [
        answer_read_after_sending(installation, "/v1/sync/push", large, json_type),
        answer_read_after_sending(installation, "/v1/sync/push", large, json_type, "Authorization: Bearer over"),
        answer_read_after_sending(installation, "/v1/sessions", large, json_type),
        answer_read_after_sending(installation, "/v1/sessions", large, "Content-Type: text/plain"),
        answer_read_after_sending(installation, "/v1/nowhere", large),
        answer_read_after_sending(installation, "/v1/health", large),
    ]

    assert told == [
        (401, "token_missing"),
        (401, "token_malformed"),
        (413, "body_too_large"),
        (415, "media_type_unsupported"),
        (404, "not_found"),
        (405, "method_not_allowed"),
    ]
