"""The words of a quote, as data: the rules that made a line what it is, and what stands in the way of a quote."""

from domain.prices.rules import Occasion
from domain.sentences import Sentence

RULES: dict[str, Sentence] = {
    "list_price": Sentence("按价目表 {list}", "As in price list {list}"),
    "part_price": Sentence("按配件零售价", "At the retail price of the part"),
    "by_quote": Sentence("按报价，价目表 {least_fen} 分起", "Agreed; the price list asks {least_fen} fen or more"),
    "above_list": Sentence("经主管同意高于价目表：{reason}", "Above the list, as a supervisor allowed: {reason}"),
    "below_list": Sentence("减免：{reason}", "Reduced: {reason}"),
    "covered_whole": Sentence("整机三包，免费：{basis}", "Free, the whole is covered: {basis}"),
    "covered_main_part": Sentence("主要部件三包，免费：{basis}", "Free, the main part is covered: {basis}"),
    "covered_repair_guarantee": Sentence("修理保证期内，免费：{basis}", "Free, an earlier repair is covered: {basis}"),
    "goodwill": Sentence("善意免费：{basis}", "Free as goodwill: {basis}"),
    "multi_item": Sentence(
        "同一台电器第 {place} 项人工，按 {percent}% 计", "Labour {place} on one appliance, at {percent}%"
    ),
    "multi_item_free": Sentence("同一台电器第 {place} 项人工，免费", "Labour {place} on one appliance: free"),
    f"diagnosis_{Occasion.WORK_ACCEPTED}": Sentence(
        "接受维修，检测费按 {percent}% 计", "The repair is accepted: diagnosis at {percent}%"
    ),
    f"diagnosis_{Occasion.WORK_DECLINED}": Sentence(
        "检测后不修，检测费按 {percent}% 计", "The repair is declined: diagnosis at {percent}%"
    ),
    f"diagnosis_{Occasion.NO_FAULT_FOUND}": Sentence(
        "未发现故障，检测费按 {percent}% 计", "No fault was found: diagnosis at {percent}%"
    ),
    f"diagnosis_{Occasion.NOT_REPAIRABLE}": Sentence(
        "无法修复，检测费按 {percent}% 计", "It cannot be repaired: diagnosis at {percent}%"
    ),
    f"diagnosis_{Occasion.BEFORE_DIAGNOSIS}": Sentence("检测费按 {percent}% 计", "Diagnosis at {percent}%"),
    f"diagnosis_{Occasion.CANCELLED_ON_ARRIVAL}": Sentence(
        "检测前取消，检测费按 {percent}% 计", "Cancelled before the diagnosis: diagnosis at {percent}%"
    ),
    f"diagnosis_free_{Occasion.WORK_ACCEPTED}": Sentence(
        "接受维修，免检测费", "The repair is accepted: free diagnosis"
    ),
    f"diagnosis_free_{Occasion.WORK_DECLINED}": Sentence(
        "检测后不修，免检测费", "The repair is declined: free diagnosis"
    ),
    f"diagnosis_free_{Occasion.NO_FAULT_FOUND}": Sentence("未发现故障，免检测费", "No fault was found: free diagnosis"),
    f"diagnosis_free_{Occasion.NOT_REPAIRABLE}": Sentence(
        "无法修复，免检测费", "It cannot be repaired: free diagnosis"
    ),
    f"diagnosis_free_{Occasion.BEFORE_DIAGNOSIS}": Sentence("免检测费", "Free diagnosis"),
    f"diagnosis_free_{Occasion.CANCELLED_ON_ARRIVAL}": Sentence(
        "检测前取消，免检测费", "Cancelled before the diagnosis: nothing for it"
    ),
    "charged_before": Sentence("本次报修已收过，不再收取", "Charged before for the same report"),
    "visit_free": Sentence("仅做此项服务，免上门费", "No visit fee for this work alone"),
    "distance": Sentence(
        "单程 {kilometres} 公里，免 {free} 公里，计 {charged} 公里",
        "{kilometres} km one way, {free} free, {charged} charged",
    ),
    "height": Sentence("坠落高度达到 {metres} 米", "Fall height of {metres} m or more"),
    "night": Sentence("{time} 开始，在 {from}–{until} 之间", "Begins at {time}, between {from} and {until}"),
    "holiday": Sentence("{day} 为节假日", "{day} is a holiday"),
    "advertised": Sentence("不高于宣传价", "No more than was advertised"),
    "above_advertised": Sentence("高于宣传价：{reason}", "Above what was advertised: {reason}"),
    "discount_percent": Sentence("优惠 {percent}%：{reason}", "{percent}% off: {reason}"),
    "discount_amount": Sentence("优惠：{reason}", "Discount: {reason}"),
}
"""Every rule that a line may name."""

PROBLEMS: dict[str, Sentence] = {
    "list_not_yet_valid": Sentence(
        "价目表 {list} 自 {valid_from} 起生效", "Price list {list} is valid from {valid_from} only"
    ),
    "list_expired": Sentence(
        "价目表 {list} 已于 {superseded_on} 停用", "Price list {list} was superseded on {superseded_on}"
    ),
    "list_of_other_outlets": Sentence("价目表 {list} 不适用于此服务站", "Price list {list} is for other outlets"),
    "list_for_other_work": Sentence("价目表 {list} 不适用于此类工作", "Price list {list} is for other work"),
    "currency_differs": Sentence(
        "报价币种 {asked} 与价目表币种 {currency} 不同", "{asked} was asked for, the price list is in {currency}"
    ),
    "time_zone_unknown": Sentence("没有时区 {time_zone}", "There is no time zone {time_zone}"),
    "distance_absurd": Sentence("距离应在 0 至 {most} 公里之间", "The distance lies between 0 and {most} km"),
    "height_absurd": Sentence("坠落高度应在 0 至 {most} 米之间", "The fall height lies between 0 and {most} m"),
    "holidays_unknown": Sentence("{day} 的节假日安排尚未录入", "The holidays around {day} are not known"),
    "line_id_repeated": Sentence("行号 {line_id} 已被使用", "The line id {line_id} is used already"),
    "code_unknown": Sentence("价目表和配件中都没有 {code}", "Neither price list nor parts have {code}"),
    "not_in_this_area": Sentence("{code} 不适用于此区域", "{code} is not for this area"),
    "follows_from_situation": Sentence(
        "{code} 由上门情况算出，不能作为项目列入", "{code} follows from the situation and cannot be asked for"
    ),
    "not_charged_now": Sentence("此情形下不收取 {code}", "{code} is not charged as things stand"),
    "quantity_not_positive": Sentence("数量必须大于零", "The quantity must be above zero"),
    "quantity_absurd": Sentence("数量最多为 {most}", "The quantity is {most} at most"),
    "quantity_not_whole": Sentence("此单位的数量必须为整数", "The quantity of this unit must be whole"),
    "quantity_not_one": Sentence("按次计价的项目数量为 1", "What is priced by the job is counted once"),
    "warranty_undecided": Sentence("尚未判定是否保修", "Whether warranty covers this is not decided"),
    "basis_missing": Sentence("免费项目须写明依据", "What is free needs its basis"),
    "price_negative": Sentence("价格不能为负", "A price cannot be negative"),
    "price_not_agreed": Sentence("此项须先商定价格", "The price of this has to be agreed first"),
    "below_least_price": Sentence("报价不得低于 {least_fen} 分", "The agreed price is {least_fen} fen at least"),
    "above_list_without_supervisor": Sentence(
        "高于价目表 {list_fen} 分，须有主管授权码",
        "Above the list's {list_fen} fen: a supervisor's code is needed",
    ),
    "reason_missing": Sentence("价格与价目表不同，须说明原因", "Another price than the list's needs a reason"),
    "amount_absurd": Sentence("金额超出 {most} 分", "The amount exceeds {most} fen"),
    "decision_repeated": Sentence("{component} 已判定过", "{component} was decided already"),
    "decision_misplaced": Sentence("{component} 须在项目行上判定", "{component} is decided on its own line"),
    "discount_unclear": Sentence(
        "优惠须为正的金额或 1 至 100 的百分比，二者取一",
        "A discount is either an amount above zero or a percentage from 1 to 100",
    ),
    "discounts_in_percent": Sentence("按百分比的优惠只能有一项", "Only one discount may be a percentage"),
    "discount_exceeds_total": Sentence(
        "优惠共 {discount_fen} 分，超出合计 {total_fen} 分",
        "Discounts of {discount_fen} fen exceed the {total_fen} fen of all lines",
    ),
}
"""Every reason for which there is no quote."""

DISCOUNT = Sentence("优惠", "Discount")
