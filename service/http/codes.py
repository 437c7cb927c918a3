"""Codes: what people call a thing whose address ends in that name."""

from service.http.errors import Violation, invalid_body


def require_same_code(in_path: str, in_body: str) -> None:
    """Refuse a body that bears another code than the address it was put to."""
    if in_path != in_body:
        raise invalid_body(Violation("/code", "differs_from_path"))
