"""What tests of signing in read from an answer."""

from typing import Any

from httpx import Response


def bearer(session: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['access_token']}"}


def code_of(answer: Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return str(answer.json()["code"])


def problem_of(answer: Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}
