"""What the checker finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """A broken promise: `law` is its letter in the issue, `what` names the fact or document, `why` says it in words."""

    law: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"({self.law}) {self.what}: {self.why}"
