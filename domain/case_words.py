"""What a case says to the person who has to decide it, what they may choose, and what is suggested. Data."""

import enum

from msgspec import Struct

from domain.ownership import DESK_OWNS, DOOR_OWNS, LATEST_WINS
from domain.rules import RULE_BY_CODE


class CaseKind(enum.StrEnum):
    """A rule broken, two values for one field, hours booked twice, a fact set aside, a phone that looks cloned."""

    FINDING = "finding"
    CONFLICT = "conflict"
    BOOKING = "booking"
    QUARANTINE = "quarantine"
    DEVICE = "device"


class CaseState(enum.StrEnum):
    """`cleared`: nobody decided; what it was about is no more."""

    OPEN = "open"
    DECIDED = "decided"
    CLEARED = "cleared"


class CaseChoice(enum.StrEnum):
    """Keep what stands, take the other value, forgive, set aside; for a fact set aside: into the log, or not."""

    ACCEPT = "accept"
    OVERRIDE = "override"
    WAIVE = "waive"
    DISMISS = "dismiss"
    RELEASE = "release"
    DISCARD = "discard"


class Sentence(Struct, frozen=True):
    """The same in both languages."""

    zh: str
    en: str


_C = CaseChoice
CHOICES: dict[CaseKind, tuple[CaseChoice, ...]] = {
    CaseKind.FINDING: (_C.ACCEPT, _C.WAIVE, _C.DISMISS),
    CaseKind.CONFLICT: (_C.ACCEPT, _C.OVERRIDE, _C.DISMISS),
    CaseKind.BOOKING: (_C.ACCEPT, _C.DISMISS),
    CaseKind.QUARANTINE: (_C.RELEASE, _C.DISCARD),
    CaseKind.DEVICE: (_C.ACCEPT,),
}
"""What may be chosen, by kind; where nothing speaks against it, the first is suggested."""

_CONFLICTS = {
    DESK_OWNS: Sentence(
        "{field}被两人同时修改；此项归调度，已采用调度的值",
        "Two people set {field} unaware of each other; the desk's value stands",
    ),
    DOOR_OWNS: Sentence(
        "{field}被两人同时修改；此项归现场，已采用现场的值",
        "Two people set {field} unaware of each other; the door's value stands",
    ),
    LATEST_WINS: Sentence(
        "{field}被两人同时修改；已采用较晚的值", "Two people set {field} unaware of each other; the later value stands"
    ),
}
FIELDS = {
    "symptom": Sentence("故障现象", "the symptom"),
    "symptom_code": Sentence("故障现象代码", "the symptom code"),
    "priority": Sentence("优先级", "the priority"),
    "access_note": Sentence("进门说明", "the access note"),
    "contact_note": Sentence("联系说明", "the contact note"),
    "instructions": Sentence("作业要求", "the instructions"),
    "cause": Sentence("故障原因", "the cause"),
    "work_summary": Sentence("作业小结", "the summary of the work"),
    "customer_wish": Sentence("顾客意愿", "the customer's wish"),
    "plan": Sentence("上门安排", "the plan of the visit"),
    "warranty": Sentence("保修判定", "the warranty decision"),
    "diagnosis": Sentence("诊断", "the diagnosis"),
    "repair": Sentence("维修记录", "the repair record"),
}
_BOOKING = Sentence(
    "同一技师的两项工作时间重叠：{starts_at} 至 {ends_at}，与 {other_starts_at} 至 {other_ends_at}",
    "One technician has two pieces of work: {starts_at} to {ends_at}, and {other_starts_at} to {other_ends_at}",
)
HELD = {
    "role_may_not_record": Sentence("作者的角色不可作此记录", "The author's role may not record this"),
    "not_your_job": Sentence("工单不属于作者", "The job is not the author's"),
    "not_your_visit": Sentence("上门任务不属于作者", "The visit is not the author's"),
    "not_yours_to_plan": Sentence("作者不可安排这次上门", "The author may not plan this visit"),
    "job_unknown": Sentence("没有这个工单，或作者无权查看", "There is no such job, or none that the author may see"),
    "fact_id_reused": Sentence("同一编号已有另一内容的记录", "Another fact was recorded under the same id"),
    "made_by_another": Sentence("由他人代为上传的记录", "Handed over by somebody else than its author"),
    "made_on_unknown_device": Sentence("记录所称的设备未曾登记", "Recorded on a device that was never enrolled here"),
    "fact_invalid": Sentence("记录中有不符合格式的值", "A value in the record does not fit"),
    "fact_malformed": Sentence("记录无法读取", "The record cannot be read"),
    "fact_visit_missing": Sentence("记录未说明是哪次上门", "The record does not say which visit it is about"),
    "fact_kind_unknown": Sentence("记录的种类未知", "The kind of the record is not known"),
    "fact_kind_ambiguous": Sentence("记录含有多个种类", "The record is of more than one kind"),
}
SUSPECTED = {
    "fact_id_reused": Sentence(
        "同一设备以同一编号记录了不同内容，可能是从备份恢复或被复制的手机",
        "A device said two things under one id: it may have been restored from a backup, or cloned",
    ),
    "seq_reused": Sentence(
        "同一设备的序号 {seq} 用于两条记录，可能是从备份恢复或被复制的手机",
        "A device gave its number {seq} to two facts: it may have been restored from a backup, or cloned",
    ),
}
_UNNAMED = Sentence("记录已被搁置：{code}", "The record was set aside: {code}")


def sentence(kind: CaseKind, code: str, parameters: dict[str, str]) -> Sentence:
    """What the case is about, in words."""
    said = _template(kind, code)
    values = {**parameters, "code": code}
    field = _field(values.get("field", ""))
    return Sentence(
        said.zh.format_map({**values, "field": field.zh}), said.en.format_map({**values, "field": field.en})
    )


def _field(name: str) -> Sentence:
    """A register's name, such as `detail:cause` or `plan:` and a visit's id, in words."""
    plain = name.removeprefix("detail:").partition(":")[0]
    return FIELDS.get(plain, Sentence(plain, plain))


def _template(kind: CaseKind, code: str) -> Sentence:
    match kind:
        case CaseKind.FINDING:
            return Sentence(RULE_BY_CODE[code].zh, RULE_BY_CODE[code].en)
        case CaseKind.CONFLICT:
            return _CONFLICTS[code]
        case CaseKind.BOOKING:
            return _BOOKING
        case CaseKind.QUARANTINE:
            return HELD.get(code, _UNNAMED)
        case CaseKind.DEVICE:
            return SUSPECTED[code]
