"""What a case says to the person who has to decide it. Data."""

from domain.cases.kinds import CaseKind
from domain.conflicts.words import TITLES, field_words
from domain.job.cases import MergeRule
from domain.rules.words import rule_sentence
from domain.sentences import Sentence, filled

PLAIN = {
    CaseKind.BOOKING: Sentence(
        "同一技师在 {starts_at} 至 {ends_at} 之间有 {visit_count} 次上门的工作时间重叠",
        "{visit_count} visits of one technician overlap between {starts_at} and {ends_at}",
    ),
    CaseKind.SHORTAGE: Sentence(
        "配件 {part_code} 的账面库存低于零：用去的多于库存",
        "More of part {part_code} was used than lay there: its balance is below zero",
    ),
    CaseKind.SERIAL: Sentence(
        "配件 {part_code} 的序列号 {serial_number} 记录在多个工单上",
        "Serial number {serial_number} of part {part_code} was fitted in more than one job",
    ),
}
"""Kinds that say the same whatever their code."""

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
    "fact_name_twice": Sentence(
        "记录中同一字段出现两次，无法判断以哪个值为准",
        "A field of the record is there twice, and nobody can tell which value counts",
    ),
}
EXCHANGE = {
    "exchange_after_repairs": Sentence(
        "保修期内已修 {repairs} 次仍出现质量问题，应按维修记录换货或退货",
        "Repaired {repairs} times within the term and faulty again: exchange or return on the repair records",
    ),
    "repair_clock_warning": Sentence("修理须于 {last_day} 前完成", "The repair has to be finished by {last_day}"),
    "repair_clock_over": Sentence(
        "修理超过 {limit} 日（最后一日 {last_day}），应换货",
        "The repair took more than {limit} days (the last was {last_day}): exchange",
    ),
    "part_clock_over": Sentence(
        "待件超过 {limit} 日（最后一日 {last_day}），须在维修记录中注明并换货",
        "No part within {limit} days (the last was {last_day}): note it in the repair record, and exchange",
    ),
}
"""Grounds on which a customer may ask for an exchange, or soon may (R26 to R28)."""
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
MISSING = {
    "evidence_overdue": Sentence(
        "照片或签名已记录但文件逾期未上传", "Photos or signatures were recorded, and their files did not come in time"
    ),
    "evidence_damaged": Sentence(
        "已保存的照片或签名文件损坏或丢失，已请原作者重新上传",
        "The stored file of a photo or signature is damaged or gone; whoever has it is asked to send it again",
    ),
}
REPEATED = {
    "receipt_number_repeated": Sentence("收据号 {number} 出现在多个工单上", "Receipt {number} is on more than one job"),
    "invoice_number_repeated": Sentence("发票号 {number} 出现在多个工单上", "Invoice {number} is on more than one job"),
    "payment_number_repeated": Sentence(
        "付款单号 {number} 出现在多个工单上", "Payment {number} is on more than one job"
    ),
    "refund_number_repeated": Sentence("退款单号 {number} 出现在多个工单上", "Refund {number} is on more than one job"),
}
"""One number on two jobs: recorded twice, mistaken for another, or two jobs that were paid at once (R07)."""
STANDING_OUT = {
    "part_replaced_again": Sentence(
        "同一设备在 {days} 日内于 {times} 张工单中更换配件 {part_code}，请核实",
        "Part {part_code} was replaced on one appliance in {times} jobs within {days} days; please look at them",
    ),
    "part_replaced_often": Sentence(
        "同一技师的 {repairs} 次 {product_group} 维修中有 {replaced} 次更换配件 {part_code}（{percent}%），请核实",
        "In {replaced} of {repairs} repairs of {product_group} ({percent}%) one technician replaced part {part_code}; "
        "please look at them",
    ),
}
"""What an honest repair does not leave (R11); it accuses nobody."""
BY_CODE = {
    CaseKind.DEVICE: SUSPECTED,
    CaseKind.EVIDENCE: MISSING,
    CaseKind.EXCHANGE: EXCHANGE,
    CaseKind.REFERENCE: REPEATED,
    CaseKind.PATTERN: STANDING_OUT,
}
_UNNAMED = Sentence("记录已被搁置：{code}", "The record was set aside: {code}")


def sentence(kind: CaseKind, code: str, parameters: dict[str, str]) -> Sentence:
    """What the case is about, in words."""
    if kind is CaseKind.FINDING:
        return rule_sentence(code, parameters)
    words: dict[str, Sentence | str] = {**parameters, "code": code}
    if "field" in parameters:
        words["field"] = field_words(parameters["field"])
    return filled(_template(kind, code), words)


def _template(kind: CaseKind, code: str) -> Sentence:
    match kind:
        case CaseKind.CONFLICT:
            return TITLES[MergeRule(code)]
        case CaseKind.QUARANTINE:
            return HELD.get(code, _UNNAMED)
        case CaseKind.BOOKING | CaseKind.SHORTAGE | CaseKind.SERIAL:
            return PLAIN[kind]
        case _:
            return BY_CODE[kind][code]
