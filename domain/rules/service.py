"""What the guarantees and a service of quality ask (R20 on, K: measures, E: clauses of 售后服务规范). Data."""

from domain.job.cases import Blocks, Severity
from domain.rules.rule import Rule

_INFO, _WARNING, _SERIOUS = Severity.INFO, Severity.WARNING, Severity.SERIOUS
_NOTHING, _CHARGING, _CLOSING = Blocks.NOTHING, Blocks.CHARGING, Blocks.CLOSING
_REFUSED, _RECORDED = True, False

SERVICE_RULES: tuple[Rule, ...] = (
    Rule("uniform_not_shown", "E42", _WARNING, _NOTHING, _RECORDED, "未按要求着工装", "No uniform as required"),
    Rule("badge_not_shown", "E43", _WARNING, _NOTHING, _RECORDED, "未按要求出示工牌", "No badge shown as required"),
    Rule("kit_item_missing", "K32", _INFO, _NOTHING, _RECORDED, "缺少携带物品：{items}", "Not brought along: {items}"),
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
        "charged_though_covered",
        "R21",
        _SERIOUS,
        _CHARGING,
        _REFUSED,
        "保修范围内仍收费：{line}",
        "Charged although covered: {line}",
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
    Rule("incident", "K31", _SERIOUS, _CLOSING, _RECORDED, "现场事件：{kind}", "Incident: {kind}"),
    Rule(
        "priority_without_reason",
        "K02",
        _INFO,
        _NOTHING,
        _RECORDED,
        "调整优先级未说明原因",
        "The priority was changed without a reason",
    ),
    Rule(
        "priority_lowered",
        "K02",
        _WARNING,
        _CLOSING,
        _REFUSED,
        "降低优先级须由主管决定，紧急时限仍在计算",
        "Only a supervisor lowers a priority; the urgent limit still runs",
    ),
    Rule(
        "inspected_own_work",
        "K13",
        _WARNING,
        _CLOSING,
        _REFUSED,
        "不得检查自己的作业",
        "Nobody inspects their own work",
    ),
    Rule(
        "error_unproven",
        "K10",
        _WARNING,
        _CLOSING,
        _REFUSED,
        "差错缺少依据（{source}），暂不计入",
        "Nothing on record shows the error ({source}); it does not count",
    ),
    Rule(
        "identity_denied",
        "K32",
        _WARNING,
        _NOTHING,
        _RECORDED,
        "顾客表示未见工装或工牌，与签到记录不一致",
        "The customer saw no uniform or badge; the check-in says that both were shown",
    ),
    Rule(
        "exclusion_unapproved",
        "K00",
        _WARNING,
        _NOTHING,
        _REFUSED,
        "不可抗力须由主管写明原因批准",
        "Force majeure needs a supervisor who says why",
    ),
)
