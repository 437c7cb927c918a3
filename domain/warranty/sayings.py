"""The words of warranty decisions, by code, with the rule that each rests on. Data; parameters fill `{names}`."""

from msgspec import Struct

from domain.sentences import Sentence
from domain.warranty.claim import ExclusionCode


class Saying(Struct, frozen=True):
    """The rule and its sentence. `3.4` and `4.3` stand where a decision has no rule number of its own."""

    rule: str
    zh: str
    en: str


SAYINGS: dict[str, Saying] = {
    "within_whole_term": Saying(
        "R21",
        "整机保修期 {starts_on} 至 {ends_on}，报修日 {reported_on} 在期内",
        "Reported on {reported_on}, within the term of the whole product from {starts_on} to {ends_on}",
    ),
    "within_maker_promise": Saying(
        "R21",
        "厂家承诺保修 {starts_on} 至 {ends_on}，优于三包，报修日 {reported_on} 在期内",
        "Reported on {reported_on}, within the maker's better promise from {starts_on} to {ends_on}",
    ),
    "within_main_part_term": Saying(
        "R21",
        "主要部件 {component} 保修期 {starts_on} 至 {ends_on}，报修日 {reported_on} 在期内",
        "Reported on {reported_on}, within the term of the main part {component} from {starts_on} to {ends_on}",
    ),
    "within_new_part_term": Saying(
        "R33",
        "{starts_on} 换上的新主要部件 {component} 保修至 {ends_on}，报修日 {reported_on} 在期内",
        "Reported on {reported_on}, within the term of the new main part {component} from {starts_on} to {ends_on}",
    ),
    "within_part_guarantee": Saying(
        "R29",
        "{starts_on} 维修所换配件 {part} 保修至 {ends_on}，报修日 {reported_on} 在期内",
        "Reported on {reported_on}; part {part}, fitted by {starts_on}, is answered for until {ends_on}",
    ),
    "within_labour_guarantee": Saying(
        "R29",
        "{starts_on} 维修后同一部位或同一故障保修至 {ends_on}，报修日 {reported_on} 在期内",
        "Reported on {reported_on}: the same part or fault as repaired by {starts_on}, answered for until {ends_on}",
    ),
    "workshop_transport": Saying(
        "R34", "大件无法在家修理，运输费由修理者承担", "Carrying large goods to the workshop is the repairer's cost"
    ),
    "excluded": Saying("R22", "不予保修：{exclusion}（{reason}）", "Not covered: {exclusion} ({reason})"),
    "term_over": Saying(
        "R20",
        "保修期 {starts_on} 至 {ends_on}，报修日 {reported_on} 已过期",
        "Reported on {reported_on}, after the term from {starts_on} to {ends_on}",
    ),
    "not_repair_work": Saying("R21", "{kind} 不属于免费修理的项目", "{kind} is no part of the free repair"),
    "proof_needed": Saying(
        "R25",
        "尚无购买凭证：请顾客出示发票或其他购买证明",
        "No proof of purchase yet: ask for an invoice or other proof",
    ),
    "goodwill": Saying("4.3", "厂家善意承担：{reason}", "The maker's goodwill: {reason}"),
    "exclusion_stands": Saying(
        "R22", "{exclusion}：理由、证据齐全，已告知顾客", "{exclusion}: reason, evidence, customer told"
    ),
    "exclusion_lacks": Saying(
        "R22", "{exclusion}：缺少 {lacking}，不成立", "{exclusion}: does not stand without {lacking}"
    ),
    "exclusion_refuted": Saying(
        "R25", "{exclusion}：已有购买证明，不成立", "{exclusion}: does not stand, the purchase is proved"
    ),
    "may_return": Saying(
        "R24", "售出七日内（至 {ends_on}）可退货", "Within seven days of sale, until {ends_on}: return"
    ),
    "may_exchange": Saying(
        "R24", "售出十五日内（至 {ends_on}）可换货", "Within fifteen days of sale, until {ends_on}: exchange"
    ),
    "may_repair": Saying("R21", "保修期内（至 {ends_on}）免费修理", "Within the term, until {ends_on}: free repair"),
    "exchange_after_repairs": Saying(
        "R26",
        "保修期内已修 {repairs} 次仍出现质量问题，应按维修记录换货或退货",
        "Repaired {repairs} times within the term and faulty again: exchange or return on the repair records",
    ),
    "exchange_after_delay": Saying(
        "R27",
        "修理超过三十日，应换货，费用由修理者承担",
        "Repair took more than thirty days: exchange, at the repairer's cost",
    ),
    "exchange_for_want_of_part": Saying(
        "R28", "逾期未供应零配件，应由销售者换货", "Parts were not supplied in time: exchange by the seller"
    ),
    "repair_clock_running": Saying(
        "R27", "送修第 {day} 日，限 {limit} 日", "Day {day} of the repair; the limit is {limit}"
    ),
    "repair_clock_warning": Saying(
        "R27", "送修第 {day} 日，须于 {last_day} 前修好", "Day {day} of the repair: finish by {last_day}"
    ),
    "repair_clock_over": Saying(
        "R27", "送修第 {day} 日，已超过 {limit} 日", "Day {day} of the repair, beyond {limit} days"
    ),
    "part_clock_running": Saying(
        "R28",
        "待件：送修第 {day} 日，限 {limit} 日",
        "Waiting for a part, day {day} since hand-in; the limit is {limit}",
    ),
    "part_clock_over": Saying(
        "R28",
        "待件：送修第 {day} 日，已超过 {limit} 日",
        "Waiting for a part, day {day} since hand-in, beyond {limit} days",
    ),
    "note_parts_delay": Saying(
        "R28",
        "请在修理情况中注明：自送修起 {limit} 日内未供应零配件",
        "Note in the repair status: parts were not supplied within {limit} days since hand-in",
    ),
    "burden_of_proof": Saying(
        "R35",
        "{until} 前发现瑕疵的，由经营者举证；请完整保存记录",
        "For a defect found until {until} the trader bears the burden of proof: keep the full record",
    ),
    "calendar_unknown": Saying(
        "R20",
        "{years} 年节假日安排尚未录入，截止日遇法定节假日将顺延",
        "The holidays of {years} are not entered: an end on a statutory holiday moves on",
    ),
    "rate_unknown": Saying(
        "R32",
        "目录中没有该产品的折旧率，不能计算折旧费",
        "The catalogue has no depreciation rate for this product; none is invented",
    ),
    "depreciation_counted": Saying(
        "R32",
        "使用 {days} 日，每日 {rate} 个基点，折旧费 {deducted} 分",
        "{days} days of use at {rate} basis points a day: {deducted} fen",
    ),
    "return_without_depreciation": Saying(
        "R24", "售出七日内退货，不收折旧费", "Returned within seven days of sale: nothing is deducted"
    ),
}

EXCLUSIONS: dict[ExclusionCode, Sentence] = {
    ExclusionCode.MISUSE: Sentence("使用、维护、保管不当", "wrong use, care or storage"),
    ExclusionCode.TAKEN_APART: Sentence("非承担三包修理者拆动", "taken apart by somebody outside the three guarantees"),
    ExclusionCode.NO_PROOF: Sentence("无三包凭证及有效发票", "neither voucher nor invoice"),
    ExclusionCode.VOUCHER_ALTERED: Sentence("凭证型号不符或涂改", "the voucher's model differs, or it was altered"),
    ExclusionCode.FORCE_MAJEURE: Sentence("不可抗力", "force majeure"),
}
LACKING = {
    "reason": Sentence("理由", "a reason"),
    "evidence": Sentence("照片或测量值", "a photo or a measurement"),
    "customer_told": Sentence("告知顾客", "telling the customer"),
}
