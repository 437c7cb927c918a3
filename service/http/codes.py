"""Codes: what people call a thing whose address ends in that name."""

from service.http.errors import Refused, Violation


def require_same_code(in_path: str, in_body: str) -> None:
    """Refuse a body that bears another code than the address it was put to."""
    if in_path != in_body:
        raise Refused("invalid_body", errors=(Violation("/code", "differs_from_path"),), count=1)
