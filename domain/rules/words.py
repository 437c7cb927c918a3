"""What a broken rule says to people: its sentence, with steps and statuses by their names instead of their codes."""

from collections.abc import Mapping

from domain.rules.table import RULE_BY_CODE
from domain.sentences import Sentence, filled

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
NAMED = {"step": STEPS, "status": STATUSES}


def rule_sentence(code: str, parameters: Mapping[str, str]) -> Sentence:
    """What is wrong, in both languages."""
    rule = RULE_BY_CODE[code]
    words = {name: NAMED.get(name, {}).get(value, value) for name, value in parameters.items()}
    return filled(Sentence(rule.zh, rule.en), words)
