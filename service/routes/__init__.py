"""Every operation in reading order: the table of contents of the API."""

from service.endpoint import Operation
from service.routes import health

OPERATIONS: tuple[Operation, ...] = (
    health.read_health,
    health.read_problem,
)
