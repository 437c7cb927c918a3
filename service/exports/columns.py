"""What the columns of exported tables are called, hold and mean: the dictionary that goes with every table."""

import enum
from collections.abc import Sequence

from msgspec import Struct


class ColumnKind(enum.StrEnum):
    """What stands in a column."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DAY = "day"
    INSTANT = "instant"


class ExportColumn(Struct, frozen=True):
    """One column; empty cells mean that there is nothing to say."""

    name: str
    kind: ColumnKind
    zh: str
    en: str


_T, _I, _B, _D, _M = ColumnKind.TEXT, ColumnKind.INTEGER, ColumnKind.BOOLEAN, ColumnKind.DAY, ColumnKind.INSTANT

MEASURES: Sequence[ExportColumn] = (
    ExportColumn("job_id", _T, "工单标识", "Id of the job"),
    ExportColumn("job_number", _T, "工单号", "Number of the job"),
    ExportColumn("visit_id", _T, "上门标识；空表示整张工单", "Id of the visit; empty for the job itself"),
    ExportColumn("outlet_id", _T, "网点标识", "Id of the outlet"),
    ExportColumn("technician", _T, "技师工号；按角色遮蔽", "Badge of the technician; masked for some roles"),
    ExportColumn("product_code", _T, "产品代码", "Code of the product"),
    ExportColumn("fault_group", _T, "故障组", "Fault group"),
    ExportColumn("work_type", _T, "服务类型", "Kind of work"),
    ExportColumn("priority", _T, "优先级", "Priority"),
    ExportColumn("kpi", _T, "指标编号", "Number of the KPI"),
    ExportColumn("day", _D, "归属日（网点当地）", "Day that it counts for, at the site"),
    ExportColumn("decided_at", _M, "结果确定的时刻", "When its outcome was or will be certain"),
    ExportColumn("numerator", _I, "分子", "Counts so much in the numerator"),
    ExportColumn("denominator", _I, "分母", "Counts so much in the denominator"),
    ExportColumn("excluded", _T, "剔除原因", "Why it is left out"),
    ExportColumn("pending", _B, "时限未到", "Whether its limit still ran when the export was made"),
    ExportColumn("low_graded", _B, "时间可靠性低", "Whether it rests on times that are not well known"),
    ExportColumn("seconds", _I, "所用秒数", "The interval behind it, in seconds"),
)

CONTACTS: Sequence[ExportColumn] = (
    ExportColumn("customer_id", _T, "顾客标识", "Id of the customer"),
    ExportColumn("outlet_id", _T, "网点标识", "Id of the outlet"),
    ExportColumn("name", _T, "姓名", "Name"),
    ExportColumn("phone", _T, "电话", "Phone"),
    ExportColumn("language", _T, "语言", "Language"),
    ExportColumn("addresses", _T, "地址；多个以分号隔开", "Addresses, with semicolons between"),
)

KPI_RESULTS: Sequence[ExportColumn] = (
    ExportColumn("kpi", _T, "指标编号", "Number of the KPI"),
    ExportColumn("name_zh", _T, "中文名称", "Name in Chinese"),
    ExportColumn("name_en", _T, "英文名称", "Name in English"),
    ExportColumn("unit", _T, "单位", "Unit of the value"),
    ExportColumn("group", _T, "分组", "The group, where grouped"),
    ExportColumn("starts_on", _D, "时段首日", "First day of the span, where set apart"),
    ExportColumn("numerator", _I, "分子", "Numerator"),
    ExportColumn("denominator", _I, "分母", "Denominator"),
    ExportColumn("pending", _I, "待定", "So many whose limit still runs"),
    ExportColumn("excluded", _T, "剔除（原因=数量）", "Left out, reason=count"),
    ExportColumn("value_hundredths", _I, "数值×100", "Value in hundredths"),
    ExportColumn("interval_low_hundredths", _I, "区间下限×100", "Lower end of the 95 % interval in hundredths"),
    ExportColumn("interval_high_hundredths", _I, "区间上限×100", "Upper end of the 95 % interval in hundredths"),
    ExportColumn("median_hundredths", _I, "中位数×100", "Median in hundredths"),
    ExportColumn("p90_hundredths", _I, "90 分位×100", "90th percentile in hundredths"),
    ExportColumn("target_hundredths", _I, "目标×100", "Target in hundredths"),
    ExportColumn("passed", _B, "达标", "Whether the exact value meets the target"),
    ExportColumn("small_sample", _B, "样本少于 30", "Whether fewer than 30 were counted"),
    ExportColumn("provisional", _B, "暂定", "Whether later events may still change it"),
    ExportColumn("low_graded_items", _I, "时间可靠性低的数量", "So many rest on uncertain times"),
    ExportColumn("items", _I, "计数项", "So many were counted"),
)
