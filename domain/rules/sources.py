"""Where each rule of `domain/rules/` comes from, by its number.

G: gates of the flow. R: what fee and warranty law asks. K: measures. E: clauses of the draft 售后服务规范 总则.
S: the order of steps, which is this product's own.
"""

from msgspec import Struct


class RuleSource(Struct, frozen=True):
    """What the number stands for, and who says so."""

    rule: str
    zh: str
    en: str


RULE_SOURCES = (
    RuleSource("G1", "特种作业开工须持有效证书", "Special work begins with a valid certificate"),
    RuleSource(
        "G2", "收费维修先经顾客确认报价，排险除外", "Paid work begins after the quote is acknowledged; making safe may"
    ),
    RuleSource(
        "G3",
        "完工须有必填记录、试机结果和签字，或写明拒签",
        "Completion needs the record, the test, and a sign-off or why not",
    ),
    RuleSource("G4", "收款不超过已确认金额", "Nobody pays more than was acknowledged"),
    RuleSource("G5", "签到如实记录，不合格也不拦下", "Check-in is recorded as it was, and never stops anybody"),
    RuleSource("G6", "闭环事项处理完或写明理由才归档", "A job is closed when nothing is left open, or with a reason"),
    RuleSource(
        "R01",
        "报价逐项列明，合计相符；明码标价和禁止价格欺诈规定第七条、消费者权益保护法第八条",
        "An itemised quote that adds up: price rules 2022 art. 7, consumer law art. 8",
    ),
    RuleSource(
        "R02",
        "出示价目表；明码标价和禁止价格欺诈规定第六、九、十三条",
        "The price list is shown: price rules 2022 art. 6, 9, 13",
    ),
    RuleSource(
        "R03",
        "单价不高于报价时有效的价目表；明码标价和禁止价格欺诈规定第六条",
        "No price above the list that was valid: price rules 2022 art. 6",
    ),
    RuleSource(
        "R04",
        "新增或加价须重新报价、重新确认；明码标价和禁止价格欺诈规定第八、十九条",
        "More work or a higher price is told and acknowledged anew: price rules 2022 art. 8, 19",
    ),
    RuleSource(
        "R05",
        "收费不超过已确认合计；明码标价和禁止价格欺诈规定第八条",
        "No charge beyond what was acknowledged: price rules 2022 art. 8",
    ),
    RuleSource(
        "R06",
        "付款前给出结算清单；明码标价和禁止价格欺诈规定第十五条",
        "An itemised bill before payment: price rules 2022 art. 15",
    ),
    RuleSource(
        "R07",
        "收款给收据，索取即开发票；消费者权益保护法第二十二条",
        "A receipt always, an invoice when asked: consumer law art. 22",
    ),
    RuleSource(
        "R08",
        "5 个工作日内退款；售后服务规范 总则 8.4.3。逾 15 日即属故意拖延；侵害消费者权益行为处罚办法第八、十条",
        "Five working days: 售后服务规范 总则 8.4.3. Fifteen days are wilful delay: penalty measures art. 8, 10",
    ),
    RuleSource(
        "R09",
        "只收事先告知的上门费和检测费；行业惯例",
        "Only the visit and diagnosis fees that were told before: practice of the trade",
    ),
    RuleSource(
        "R10",
        "电子签字可核对、可再现；电子签名法第三至八、十三、十四条",
        "A signature that can be checked and shown again: e-signature law art. 3-8, 13, 14",
    ),
    RuleSource(
        "R11",
        "如实维修，换件有据；侵害消费者权益行为处罚办法第十三条、家电维修服务业管理办法",
        "An honest repair that can be shown: penalty measures art. 13, repair trade measures",
    ),
    RuleSource(
        "R12",
        "告知收集哪些信息及用途；消费者权益保护法第二十九条、个人信息保护法第六条",
        "Told what is collected and why: consumer law art. 29, privacy law art. 6",
    ),
    RuleSource(
        "R17",
        "工牌编号可供顾客核实；售后服务规范 总则 6.2.3",
        "A badge number that the customer can check: 售后服务规范 总则 6.2.3",
    ),
    RuleSource(
        "R18",
        "告知保修期、收费标准和投诉电话；家电维修服务业管理办法第五条",
        "Warranty period, fees and complaint number are told: repair trade measures art. 5",
    ),
    RuleSource(
        "R19",
        "不以低价诱骗后高价结算；明码标价和禁止价格欺诈规定第十九条",
        "No low price that grows later: price rules 2022 art. 19",
    ),
    RuleSource(
        "R21",
        "三包期内免费修理；部分商品修理更换退货责任规定第十五条",
        "Repair within the term is free: three-guarantees rules art. 15",
    ),
    RuleSource(
        "R22",
        "不予三包须有理由、证据并告知顾客；部分商品修理更换退货责任规定第十七条",
        "Not covered needs a reason, evidence, and telling: three-guarantees rules art. 17",
    ),
    RuleSource("K00", "剔除须有原因、人员和时间", "What is left out of figures has a reason, an actor and a time"),
    RuleSource("K02", "紧急工单一小时内响应", "Urgent requests are taken up within an hour"),
    RuleSource("K10", "维修差错须经确认", "Errors in repairs are confirmed ones"),
    RuleSource("K13", "质检合格率，检查人不是作业人", "Inspections passed, by somebody else than the technician"),
    RuleSource(
        "K11",
        "服务规范执行率；售后服务规范 总则 6.2.3",
        "Share of the door routine that was kept: 售后服务规范 总则 6.2.3",
    ),
    RuleSource(
        "K24",
        "维修记录完整率；部分商品修理更换退货责任规定第六条",
        "Share of complete repair records: three-guarantees rules art. 6",
    ),
    RuleSource("K23", "配件可追溯率", "Share of fitted parts that can be traced"),
    RuleSource("K31", "安全检查率和事故率", "Share of repairs with a safety check; incidents"),
    RuleSource("K32", "着装亮证率和随身物品", "Share of visits with uniform, badge and kit"),
    RuleSource("E42", "统一工作服；售后服务规范 总则 6.2.3 a", "A uniform: 售后服务规范 总则 6.2.3 a"),
    RuleSource("E43", "佩戴工作牌；售后服务规范 总则 6.2.3 a", "A badge: 售后服务规范 总则 6.2.3 a"),
    RuleSource("S1", "先受理，后处理", "A job is opened before anything is done to it"),
    RuleSource("S2", "先派工，后上门", "A visit is planned before it is made"),
    RuleSource("S3", "每一步只记一次", "A step is recorded once"),
    RuleSource("S4", "步骤依次进行", "Steps follow one another"),
    RuleSource("S5", "上门结束后不再有步骤", "Nothing follows the end of a visit"),
    RuleSource("S6", "取消后不再施工", "No work after a cancellation"),
    RuleSource("S7", "改派后由接手人施工", "After a reassignment the newcomer does the work"),
    RuleSource("S8", "一张工单只完工一次", "A job is completed once"),
    RuleSource("S9", "完工后不再取消", "What is done is not cancelled"),
    RuleSource("S10", "结单前登记配件", "Parts are recorded before the job is closed"),
    RuleSource("S11", "未遇客户须等候或联系过", "No access means having waited, or tried to reach somebody"),
    RuleSource(
        "S12",
        "只撤回本人的记录，受理不可撤回",
        "People take back what they said themselves; an opened job stays opened",
    ),
    RuleSource("S13", "知悉取消后方可重新受理", "Who opens a job again knows that it was cancelled"),
)
