"""What a broken rule says to people: its sentence, with what it names in words instead of codes of ours.

Codes of the organisation's own, of parts or items of checklists, are told as they are.
"""

from collections.abc import Mapping

from domain.facts.feedback import ErrorSource
from domain.facts.requirements import RecordField
from domain.facts.words import SpecialWork
from domain.rules.table import RULE_BY_CODE
from domain.sentences import Sentence, filled
from domain.steps.safety_checks import SAFETY_CHECKS

STEPS: dict[str, Sentence] = {
    "job_opened": Sentence("建单", "opening the job"),
    "job_cancelled": Sentence("取消工单", "cancelling the job"),
    "job_released": Sentence("解除暂停", "ending the hold"),
    "visit_planned": Sentence("派工", "planning a visit"),
    "visit_replanned": Sentence("改约", "moving the visit"),
    "visit_cancelled": Sentence("取消上门", "cancelling the visit"),
    "visit_accepted": Sentence("接单", "accepting the visit"),
    "visit_declined": Sentence("拒单", "declining the visit"),
    "customer_contacted": Sentence("联系顾客", "contacting the customer"),
    "departed": Sentence("出发", "departure"),
    "arrived": Sentence("到达", "arrival"),
    "checked_in": Sentence("签到", "check-in"),
    "diagnosed": Sentence("故障诊断", "diagnosis"),
    "fees_disclosed": Sentence("告知费用", "disclosing fees"),
    "fees_acknowledged": Sentence("确认费用", "acknowledging fees"),
    "fees_declined": Sentence("不同意费用", "declining fees"),
    "work_started": Sentence("开始作业", "beginning of work"),
    "work_paused": Sentence("暂停作业", "pause"),
    "work_resumed": Sentence("恢复作业", "resumption of work"),
    "part_used": Sentence("使用配件", "use of a part"),
    "repair_recorded": Sentence("维修记录", "repair record"),
    "guidance_given": Sentence("使用指导", "guidance"),
    "work_finished": Sentence("完成作业", "end of work"),
    "charged": Sentence("开具收费", "charge"),
    "paid": Sentence("收款", "payment"),
    "signed_off": Sentence("顾客签字", "sign-off"),
    "visit_ended": Sentence("结束上门", "end of the visit"),
    "incident_reported": Sentence("事故上报", "incident report"),
    "report_delivered": Sentence("交付服务报告", "delivery of the report"),
    "complaint_opened": Sentence("登记投诉", "complaint"),
    "complaint_answered": Sentence("答复投诉", "answer to a complaint"),
    "complaint_closed": Sentence("结案投诉", "closing a complaint"),
    "rating_voided": Sentence("作废评价", "voiding a rating"),
}
STATUSES: dict[str, Sentence] = {
    "planned": Sentence("已派工", "planned"),
    "accepted": Sentence("已接单", "accepted"),
    "travelling": Sentence("在途", "travelling"),
    "arrived": Sentence("已到达", "arrived"),
    "checked_in": Sentence("已签到", "checked in"),
    "working": Sentence("作业中", "working"),
    "paused": Sentence("已暂停", "paused"),
    "finished": Sentence("已完工", "finished"),
    "signed_off": Sentence("已签字", "signed off"),
    "ended": Sentence("已结束", "ended"),
    "declined": Sentence("已拒单", "declined"),
    "no_access": Sentence("无法入户", "no access"),
    "unable": Sentence("无法作业", "unable to work"),
    "cancelled": Sentence("已取消", "cancelled"),
    "superseded": Sentence("已改派", "reassigned"),
    "no complaint": Sentence("没有投诉", "no complaint"),
    "not held": Sentence("未暂停", "not held"),
    "no rating": Sentence("没有评价", "no rating"),
}
SPECIAL_WORK: dict[str, Sentence] = {
    SpecialWork.HEIGHT: Sentence("高处作业", "work at height"),
    SpecialWork.REFRIGERATION: Sentence("制冷作业", "refrigeration"),
    SpecialWork.ELECTRICITY: Sentence("电工作业", "electricity"),
    SpecialWork.GAS: Sentence("燃气作业", "gas"),
    SpecialWork.WELDING: Sentence("焊接作业", "welding"),
    SpecialWork.CHEMICALS: Sentence("化学品作业", "chemicals"),
}
RECORD: dict[str, Sentence] = {
    RecordField.REPORTED_FAULT: Sentence("报修现象", "fault as reported"),
    RecordField.FOUND_FAULT: Sentence("查明故障", "fault as found"),
    RecordField.CAUSE: Sentence("故障原因", "cause"),
    RecordField.MEASURE: Sentence("维修措施", "measure"),
    RecordField.PARTS: Sentence("所用配件", "parts"),
    RecordField.TEST_RESULT: Sentence("试机结果", "result of the test"),
    RecordField.TIMES: Sentence("起止时间", "times"),
    RecordField.TECHNICIAN: Sentence("维修人员", "technician"),
    RecordField.SIGN_OFF: Sentence("顾客签字", "sign-off"),
    RecordField.WARRANTY_DECISION: Sentence("保修判定", "warranty decision"),
    RecordField.FEE: Sentence("费用", "fee"),
    "repair_record": STEPS["repair_recorded"],
    "test": Sentence("试机", "test"),
    "work_finished": STEPS["work_finished"],
}
TOPICS: dict[str, Sentence] = {
    "repair_warranty": Sentence("维修质保", "the warranty of the repair"),
    "complaint_line": Sentence("投诉电话", "the complaint line"),
}
SOURCES: dict[str, Sentence] = {
    ErrorSource.INSPECTION: Sentence("质检", "inspection"),
    ErrorSource.REPEAT_VISIT: Sentence("重复上门", "repeat visit"),
    ErrorSource.COMPLAINT: Sentence("投诉", "complaint"),
}
_CHECKS = {each.code: Sentence(each.zh, each.en) for each in SAFETY_CHECKS}
NAMED = {"step": STEPS, "status": STATUSES}
LISTED = {"work": SPECIAL_WORK, "source": SOURCES, "item": STEPS, "items": {**RECORD, **TOPICS, **_CHECKS}}
"""One or several, beside codes that only the organisation knows."""


def rule_sentence(code: str, parameters: Mapping[str, str]) -> Sentence:
    """What is wrong, in both languages."""
    rule = RULE_BY_CODE[code]
    words = {name: _said({**NAMED, **LISTED}.get(name), value) for name, value in parameters.items()}
    return filled(Sentence(rule.zh, rule.en), words)


def _said(known: Mapping[str, Sentence] | None, value: str) -> Sentence | str:
    if known is None:
        return value
    each = [known.get(code, Sentence(code, code)) for code in value.split(", ")]
    return Sentence("、".join(one.zh for one in each), ", ".join(one.en for one in each))
