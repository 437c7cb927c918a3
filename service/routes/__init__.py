"""Every operation in reading order: the table of contents of the API."""

from service.endpoint import Operation
from service.routes import devices, health, sessions

OPERATIONS: tuple[Operation, ...] = (
    health.read_health,
    health.read_problem,
    health.read_contract,
    sessions.sign_in,
    sessions.refresh_session,
    sessions.sign_out,
    sessions.read_me,
    devices.create_enrolment_code,
    devices.enrol_device,
    devices.list_devices,
    devices.revoke_device,
    devices.revoke_member,
)
