"""The transition table and the gates, as data. Served at `GET /v1/rules`, so that a phone can show the same offline.

A gate that is broken offline becomes a finding; the same gate refuses a `strict` fact (design 2.4).
"""

from msgspec import Struct

from domain.job import Blocks, Severity, VisitStatus

V = VisitStatus


class Transition(Struct, frozen=True):
    """`kind` moves a visit to `to` when it stands in one of `sources`."""

    kind: str
    sources: tuple[VisitStatus, ...]
    to: VisitStatus


BEFORE_ARRIVAL = (V.PLANNED, V.ACCEPTED, V.TRAVELLING)
AT_THE_DOOR = (V.ARRIVED, V.CHECKED_IN, V.WORKING, V.PAUSED, V.FINISHED, V.SIGNED_OFF)
LIVE = BEFORE_ARRIVAL + AT_THE_DOOR
TAKEN_AWAY = (V.CANCELLED, V.SUPERSEDED, V.DECLINED)
OVER = (V.ENDED, V.NO_ACCESS, V.UNABLE)

GOES_ON = frozenset({"work_started", "work_resumed", "part_used", "work_finished"})
"""Steps that carry work on; recorded after the job was called off, they are reviewed."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition("visit_accepted", (V.PLANNED,), V.ACCEPTED),
    Transition("visit_declined", (V.PLANNED, V.ACCEPTED), V.DECLINED),
    Transition("departed", (V.PLANNED, V.ACCEPTED), V.TRAVELLING),
    Transition("arrived", BEFORE_ARRIVAL, V.ARRIVED),
    Transition("checked_in", (*BEFORE_ARRIVAL, V.ARRIVED), V.CHECKED_IN),
    Transition("work_started", (*BEFORE_ARRIVAL, V.ARRIVED, V.CHECKED_IN, V.PAUSED, V.FINISHED), V.WORKING),
    Transition("work_paused", (V.WORKING,), V.PAUSED),
    Transition("work_resumed", (V.PAUSED,), V.WORKING),
    Transition("work_finished", (V.ARRIVED, V.CHECKED_IN, V.WORKING, V.PAUSED), V.FINISHED),
    Transition("signed_off", (V.ARRIVED, V.CHECKED_IN, V.WORKING, V.PAUSED, V.FINISHED), V.SIGNED_OFF),
    Transition("visit_ended", LIVE, V.ENDED),
    Transition("visit_cancelled", BEFORE_ARRIVAL, V.CANCELLED),
)

TRANSITION_BY_KIND = {transition.kind: transition for transition in TRANSITIONS}


class Rule(Struct, frozen=True):
    """What a finding means: the gate or rule it stands for, its weight, what it blocks, whether `strict` refuses."""

    code: str
    rule: str
    severity: Severity
    blocks: Blocks
    refuses: bool
    zh: str
    en: str


_INFO, _WARNING, _SERIOUS = Severity.INFO, Severity.WARNING, Severity.SERIOUS
_NOTHING, _CHARGING, _CLOSING = Blocks.NOTHING, Blocks.CHARGING, Blocks.CLOSING
_REFUSED, _RECORDED = True, False

RULES: tuple[Rule, ...] = (
    Rule("job_not_opened", "S1", _SERIOUS, _CLOSING, _REFUSED, "工单尚未受理", "Nobody opened this job"),
    Rule("visit_not_planned", "S2", _WARNING, _NOTHING, _REFUSED, "该上门未经派工", "This visit was never planned"),
    Rule("repeated_step", "S3", _INFO, _NOTHING, _RECORDED, "步骤重复：{step}", "Step recorded twice: {step}"),
    Rule(
        "step_out_of_order",
        "S4",
        _WARNING,
        _NOTHING,
        _REFUSED,
        "步骤顺序不符：{step}（当时为 {status}）",
        "Step out of order: {step} while {status}",
    ),
    Rule(
        "step_after_end",
        "S5",
        _WARNING,
        _NOTHING,
        _REFUSED,
        "上门结束后仍有记录：{step}",
        "{step} after the visit ended",
    ),
    Rule(
        "worked_after_cancellation",
        "S6",
        _SERIOUS,
        _CLOSING,
        _REFUSED,
        "取消后仍上门作业，记录已保留，请复核",
        "Worked after the cancellation; the work is kept, please review",
    ),
    Rule(
        "worked_after_reassignment",
        "S7",
        _SERIOUS,
        _CLOSING,
        _REFUSED,
        "改派后原技师仍作业，记录归原技师，请复核",
        "Worked after the reassignment; the work stays with its author, please review",
    ),
    Rule(
        "work_done_by_other",
        "S7",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "其他技师已在作业，出发前请联系调度",
        "Another technician is already on it; ask the desk before leaving",
    ),
    Rule(
        "reassigned_twice",
        "S7",
        _WARNING,
        _CLOSING,
        _RECORDED,
        "同一次上门被改派两次，可能有两位技师前往，请核对",
        "One visit was reassigned twice; two technicians may come, please review",
    ),
    Rule(
        "completed_twice",
        "S8",
        _SERIOUS,
        _CLOSING,
        _RECORDED,
        "两次上门都报完工，只计一次",
        "Two visits report completion; one counts",
    ),
    Rule(
        "cancelled_after_completion",
        "S9",
        _WARNING,
        _CLOSING,
        _REFUSED,
        "取消晚于完工，工单仍为完工，请复核",
        "Cancelled after the work was done; the job stays completed, please review",
    ),
    Rule(
        "certificate_missing",
        "G1",
        _SERIOUS,
        _CLOSING,
        _REFUSED,
        "缺少有效证书：{work}",
        "No valid certificate for {work}",
    ),
    Rule(
        "work_without_acknowledgement",
        "G2",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "有偿作业前费用未经顾客确认",
        "Paid work began before the fees were acknowledged",
    ),
    Rule(
        "work_beyond_acknowledged",
        "R04",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "超出已确认费用的作业：{item}",
        "Work beyond the acknowledged fees: {item}",
    ),
    Rule(
        "acknowledgement_unmatched",
        "R10",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "确认的内容与任何费用告知都不一致",
        "The acknowledgement matches no disclosure",
    ),
    Rule(
        "acknowledgement_expired",
        "R03",
        _WARNING,
        _CHARGING,
        _REFUSED,
        "确认时费用告知已过期",
        "Acknowledged after the disclosure had expired",
    ),
    Rule(
        "acknowledgement_without_reason",
        "R10",
        _WARNING,
        _NOTHING,
        _REFUSED,
        "口头确认须说明原因",
        "A spoken acknowledgement needs its reason",
    ),
    Rule(
        "acknowledgement_without_reference",
        "R10",
        _WARNING,
        _CHARGING,
        _REFUSED,
        "验证码或链接确认须有其编号",
        "A code or a link needs its reference",
    ),
    Rule(
        "acknowledgement_reused",
        "R10",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "验证码 {reference} 已用于确认另一份费用",
        "The code {reference} already confirmed other fees",
    ),
    Rule(
        "disclosure_does_not_add_up",
        "R01",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "费用告知合计 {stated} 分，明细合计 {counted} 分",
        "Disclosed total {stated} fen, lines come to {counted} fen",
    ),
    Rule(
        "line_does_not_add_up",
        "R01",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "数量、单价与金额不合理：{line}",
        "Quantity, price and amount cannot be meant: {line}",
    ),
    Rule(
        "price_list_not_shown", "R02", _WARNING, _NOTHING, _RECORDED, "未出示收费标准", "The price list was not shown"
    ),
    Rule(
        "foreign_currency",
        "R02",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "费用须以人民币标示，不是 {currency}",
        "Fees are in yuan, not in {currency}",
    ),
    Rule(
        "price_list_differs",
        "R03",
        _WARNING,
        _CLOSING,
        _RECORDED,
        "费用告知所用价目表与派工时不同，请复核",
        "The fees were told from another price list than the dispatched one; please review",
    ),
    Rule(
        "price_above_list",
        "R03",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "高于价目表且无主管授权：{line}",
        "Above the price list without a supervisor: {line}",
    ),
    Rule(
        "price_code_unknown",
        "R03",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "价目表中没有该项目：{line}",
        "Not in the price list as such: {line}",
    ),
    Rule(
        "reduced_without_reason",
        "R03",
        _WARNING,
        _NOTHING,
        _REFUSED,
        "减免未说明原因：{line}",
        "Reduced without a reason: {line}",
    ),
    Rule(
        "diagnosis_not_told",
        "R09",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "检测之后才告知检测费",
        "The diagnosis fee was first told after the diagnosis",
    ),
    Rule("uniform_not_shown", "E42", _WARNING, _NOTHING, _RECORDED, "未按要求着工装", "No uniform as required"),
    Rule("badge_not_shown", "E43", _WARNING, _NOTHING, _RECORDED, "未按要求出示工牌", "No badge shown as required"),
    Rule(
        "badge_number_missing",
        "R17",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "未登记工牌编号，顾客无法核实",
        "No badge number that the customer could check",
    ),
    Rule("kit_item_missing", "K32", _INFO, _NOTHING, _RECORDED, "缺少携带物品：{items}", "Not brought along: {items}"),
    Rule("work_before_check_in", "G5", _WARNING, _CLOSING, _REFUSED, "未签到即开始作业", "Work began before check-in"),
    Rule(
        "safety_checks_missing",
        "K31",
        _WARNING,
        _CLOSING,
        _REFUSED,
        "缺少安全检查：{items}",
        "Safety checks missing: {items}",
    ),
    Rule(
        "repair_record_incomplete",
        "G3",
        _WARNING,
        _CLOSING,
        _REFUSED,
        "维修记录不完整：{items}",
        "Repair record incomplete: {items}",
    ),
    Rule(
        "sign_off_missing",
        "G3",
        _WARNING,
        _CLOSING,
        _REFUSED,
        "缺少顾客签字或拒签原因",
        "No sign-off and no reason for it",
    ),
    Rule(
        "sign_off_without_reason",
        "R10",
        _WARNING,
        _CLOSING,
        _REFUSED,
        "拒签或顾客不在须说明原因",
        "A refusal or absence needs its reason",
    ),
    Rule(
        "sign_off_unmatched",
        "R10",
        _SERIOUS,
        _CLOSING,
        _REFUSED,
        "签字内容与任何账单或费用告知都不一致",
        "The sign-off matches no bill and no disclosure",
    ),
    Rule(
        "billed_after_sign_off",
        "R10",
        _WARNING,
        _CLOSING,
        _RECORDED,
        "签字后账单又有变动，请复核",
        "The bill changed after the customer signed; please review",
    ),
    Rule(
        "replacement_without_evidence",
        "R11",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "换件缺少旧件去向、序列号或照片：{items}",
        "Replaced without old part, serial numbers or photos: {items}",
    ),
    Rule(
        "data_use_not_told",
        "R12",
        _INFO,
        _NOTHING,
        _RECORDED,
        "未告知记录哪些信息及用途",
        "Not told what is recorded, and why",
    ),
    Rule(
        "terms_not_told",
        "R18",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "未告知顾客：{items}",
        "The customer was not told: {items}",
    ),
    Rule(
        "charge_above_acknowledged",
        "G4",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "收费 {charged} 分超出已确认的 {acknowledged} 分",
        "Charged {charged} fen, acknowledged {acknowledged} fen",
    ),
    Rule(
        "charged_outside_quote",
        "R05",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "收费项目不在已确认的费用内：{line}",
        "Charged outside the acknowledged quote: {line}",
    ),
    Rule(
        "dearer_than_first_told",
        "R19",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "高于最初告知的价格且未说明原因：{line}",
        "Dearer than first told, and nobody said why: {line}",
    ),
    Rule(
        "settlement_not_shown",
        "R06",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "付款前未出示结算清单",
        "The bill was not shown before payment",
    ),
    Rule(
        "charged_while_blocked",
        "R05",
        _SERIOUS,
        _CLOSING,
        _REFUSED,
        "有未处理的收费限制仍收费",
        "Charged while a finding blocks charging",
    ),
    Rule(
        "charged_though_covered",
        "R21",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "保修范围内仍收费：{line}",
        "Charged although covered: {line}",
    ),
    Rule("charged_twice", "R05", _SERIOUS, _CLOSING, _REFUSED, "同一工单重复收费", "The job was charged twice"),
    Rule(
        "charged_after_decline",
        "R09",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "顾客拒绝后仅可收上门、检测、远程费：{line}",
        "After a decline only coming and diagnosis may be charged: {line}",
    ),
    Rule(
        "bill_does_not_add_up",
        "R06",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "账单合计 {stated} 分，明细合计 {counted} 分",
        "Billed total {stated} fen, lines come to {counted} fen",
    ),
    Rule(
        "paid_above_charged",
        "R05",
        _SERIOUS,
        _CLOSING,
        _REFUSED,
        "实收 {paid} 分高于账单 {charged} 分，应退",
        "Paid {paid} fen, charged {charged} fen: the difference goes back",
    ),
    Rule(
        "receipt_not_given",
        "R07",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "收款后未给收据",
        "No receipt for a payment",
    ),
    Rule(
        "refund_late",
        "R08",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "退款晚于 5 个工作日（最后一天 {last_day}）",
        "Refunded after five working days; the last was {last_day}",
    ),
    Rule(
        "refund_in_breach",
        "R08",
        _SERIOUS,
        _CLOSING,
        _RECORDED,
        "退款晚于 15 日（最后一天 {last_day}）",
        "Refunded after fifteen days; the last was {last_day}",
    ),
    Rule(
        "refunded_above_due",
        "R08",
        _WARNING,
        _CLOSING,
        _REFUSED,
        "退款 {refunded} 分高于应退 {due} 分",
        "Refunded {refunded} fen, due were {due} fen",
    ),
    Rule(
        "exclusion_without_evidence",
        "R22",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "判定不保修须有原因、证据并告知顾客",
        "Not covered needs a reason, evidence, and the customer told",
    ),
    Rule(
        "late_part",
        "S10",
        _WARNING,
        _CLOSING,
        _RECORDED,
        "关单后补报配件，账单不变",
        "A part after closing; the bill stands",
    ),
    Rule(
        "no_access_unproven",
        "S11",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "无人应门缺少等候或联系记录",
        "No access without waiting or a contact attempt",
    ),
    Rule("incident", "K31", _SERIOUS, _CLOSING, _RECORDED, "现场事件：{kind}", "Incident: {kind}"),
    Rule(
        "closed_with_open_cases", "G6", _WARNING, _NOTHING, _REFUSED, "仍有未处理事项即关单", "Closed with open cases"
    ),
    Rule("retraction_refused", "S12", _INFO, _NOTHING, _REFUSED, "该记录不可撤回", "This fact cannot be retracted"),
)

RULE_BY_CODE = {rule.code: rule for rule in RULES}
