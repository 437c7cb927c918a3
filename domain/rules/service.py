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
)
