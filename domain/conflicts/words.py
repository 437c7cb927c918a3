"""Why a conflict was decided as it was, in plain words: from the rule that chose and the two sides. Data."""

from datetime import UTC, datetime

from domain.conflicts.ownership import MERGE_TABLE
from domain.facts.desk import Choice
from domain.job.cases import Conflict, Decision, MergeRule, Outdated
from domain.job.document import LOW_GRADES
from domain.people.actor import Role
from domain.sentences import Sentence, filled, joined

TITLES: dict[MergeRule, Sentence] = {
    MergeRule.DESK_OWNS: Sentence(
        "{field}有两处互不知情的修改；此项归调度，已采用调度的值",
        "Two edits of {field} were made unaware of each other; the desk's value stands",
    ),
    MergeRule.DOOR_OWNS: Sentence(
        "{field}有两处互不知情的修改；此项归现场，已采用现场的值",
        "Two edits of {field} were made unaware of each other; the door's value stands",
    ),
} | dict.fromkeys(
    (rule for rule in MergeRule if rule not in {MergeRule.DESK_OWNS, MergeRule.DOOR_OWNS}),
    Sentence(
        "{field}有两处互不知情的修改；已采用较晚的值",
        "Two edits of {field} were made unaware of each other; the later value stands",
    ),
)

WHY: dict[MergeRule, Sentence] = {
    MergeRule.DESK_OWNS: Sentence(
        "{field}由调度负责。{chosen}的值有效，{other}的值保留备查；先后不影响结果。",
        "The desk is responsible for {field}. The value of the {chosen} stands and that of the {other} is kept; "
        "who was later does not count.",
    ),
    MergeRule.LATEST_OF_DESK: Sentence(
        "{field}由调度负责，两个值都来自调度一方，因此采用较晚的值。",
        "The desk is responsible for {field} and both values come from there, so the later one stands.",
    ),
    MergeRule.LATEST_WITHOUT_DESK: Sentence(
        "{field}由调度负责，但两个值都来自现场，因此采用较晚的值。",
        "The desk is responsible for {field}, but both values come from the door, so the later one stands.",
    ),
    MergeRule.DOOR_OWNS: Sentence(
        "{field}由现场负责。{chosen}的值有效，{other}的值保留备查；先后不影响结果。",
        "The door is responsible for {field}. The value of the {chosen} stands and that of the {other} is kept; "
        "who was later does not count.",
    ),
    MergeRule.LATEST_OF_DOOR: Sentence(
        "{field}由现场负责，两个值都来自现场，因此采用较晚的值。",
        "The door is responsible for {field} and both values come from there, so the later one stands.",
    ),
    MergeRule.LATEST_WITHOUT_DOOR: Sentence(
        "{field}由现场负责，但两个值都来自调度一方，因此采用较晚的值。",
        "The door is responsible for {field}, but both values come from the desk, so the later one stands.",
    ),
    MergeRule.LATEST_WINS: Sentence(
        "{field}不专属于任何一方，因此采用较晚的值。",
        "Nobody alone is responsible for {field}, so the later value stands.",
    ),
}
TIMES = Sentence(
    "{chosen}记录于 {chosen_at}，{other}记录于 {other_at}。",
    "The {chosen} recorded it at {chosen_at}, the {other} at {other_at}.",
)
DOUBT = Sentence("至少一个时间无法核实，请留意。", "At least one of these times could not be verified.")
OUTDATED: dict[Outdated, Sentence] = {
    Outdated.LATE_VALUE: Sentence(
        "之后收到的记录改变了对立的两个值；已作出的决定仍作为一次修改有效。",
        "A record that arrived later changed which values stand against each other; what was decided still counts as "
        "an edit.",
    ),
    Outdated.TAKEN_BACK: Sentence(
        "其中一个值已被作者撤回；决定保留备查。",
        "One of the two values was taken back; what was decided is kept on record.",
    ),
    Outdated.GIVEN_UP: Sentence(
        "作者已自行恢复原值；决定保留备查。",
        "Its author had gone back to what was there before; what was decided is kept on record.",
    ),
}
ONE_DEVICE = Sentence(
    "两个值来自同一台设备，但设备的计数与其时钟或所见版本不符，可能曾被还原或复制；哪一个在后无法确定。",
    "Both come from one device, whose counter cannot be believed here: it may have been set back or copied, so it is "
    "not certain which came later.",
)
CLEARED = Sentence(
    "之后收到的记录表明两个值不再对立，无需处理。",
    "Records that arrived later show that the two values do not stand against each other; nothing is left to decide.",
)
DECIDED: dict[Choice, Sentence] = {
    Choice.ACCEPT: Sentence("{by}于 {at} 确认现有的值：{reason}", "The {by} kept the value at {at}: {reason}"),
    Choice.OVERRIDE: Sentence("{by}于 {at} 改用其他值：{reason}", "The {by} took another value at {at}: {reason}"),
    Choice.WAIVE: Sentence("{by}于 {at} 予以豁免：{reason}", "The {by} forgave it at {at}: {reason}"),
    Choice.DISMISS: Sentence("{by}于 {at} 不予处理：{reason}", "The {by} set it aside at {at}: {reason}"),
    Choice.UNDO: Sentence("{by}于 {at} 撤销之前的决定：{reason}", "The {by} took the decision back at {at}: {reason}"),
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
ROLES = {
    Role.TECHNICIAN: Sentence("技师", "technician"),
    Role.DISPATCHER: Sentence("调度员", "dispatcher"),
    Role.SUPERVISOR: Sentence("主管", "supervisor"),
    Role.INSPECTOR: Sentence("质检员", "inspector"),
    Role.AUDITOR: Sentence("审核员", "auditor"),
    Role.ADMIN: Sentence("管理员", "administrator"),
    Role.INTEGRATION: Sentence("对接系统", "connected system"),
    Role.CUSTOMER: Sentence("顾客", "customer"),
}

_BY_RANK = {rows[1] for owner, rows in MERGE_TABLE.items() if len(set(rows)) > 1}


def field_words(name: str) -> Sentence:
    """A field's name, such as `detail:cause` or `plan:` and a visit's id, in words."""
    plain = name.removeprefix("detail:").partition(":")[0]
    return FIELDS.get(plain, Sentence(plain, plain))


def why(conflict: Conflict) -> Sentence:
    """Which value was chosen by which rule, with both authors and times, and what became of the two since."""
    chosen, other = conflict.chosen, conflict.other
    words: dict[str, Sentence | str] = {
        "field": field_words(conflict.field),
        "chosen": ROLES[chosen.role],
        "other": ROLES[other.role],
        "chosen_at": _moment(chosen.at),
        "other_at": _moment(other.at),
    }
    said = [filled(each, words) for each in (WHY[conflict.rule], TIMES)]
    doubtful = conflict.rule not in _BY_RANK and {chosen.time_grade, other.time_grade} & LOW_GRADES
    said += [DOUBT] if doubtful else []
    said += [ONE_DEVICE] if chosen.device_id == other.device_id else []
    said += [OUTDATED[conflict.outdated]] if conflict.outdated is not None else []
    return joined(*said)


def decision_words(decision: Decision) -> Sentence:
    """Who decided what, when and why."""
    words: dict[str, Sentence | str] = {
        "by": ROLES[decision.role],
        "at": _moment(decision.at),
        "reason": decision.reason,
    }
    return filled(DECIDED[decision.choice], words)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC).isoformat(sep=' ', timespec='seconds').removesuffix('+00:00')} UTC"
