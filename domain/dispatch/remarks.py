"""What may be said for and against a technician: the words of `domain.dispatch.candidates`, as data."""

from msgspec import Struct


class Remark(Struct, frozen=True):
    """One reason: `excludes` speaks against, `overridable` may be set aside by a stated reason."""

    code: str
    excludes: bool
    overridable: bool
    zh: str
    en: str


_FOR, _AGAINST, _HARD = (False, False), (True, True), (True, False)

REMARKS: dict[str, Remark] = {
    remark.code: remark
    for remark in (
        Remark("skill_matched", *_FOR, "具备技能：{skill}", "Has the skill {skill}"),
        Remark("certificate_valid", *_FOR, "{work}证书有效至 {until}", "Certificate for {work} valid until {until}"),
        Remark("free", *_FOR, "该时段空闲", "Free at that time"),
        Remark(
            "load",
            *_FOR,
            "当日共 {minutes} 分钟，上限 {daily_minutes} 分钟",
            "{minutes} of {daily_minutes} minutes that day",
        ),
        Remark("distance", *_FOR, "距服务站 {distance_km} 公里", "{distance_km} km from the outlet"),
        Remark("inactive", *_HARD, "已停用", "No longer active"),
        Remark("skill_missing", *_HARD, "缺少技能：{skill}", "Lacks the skill {skill}"),
        Remark("certificate_missing", *_AGAINST, "没有{work}证书", "No certificate for {work}"),
        Remark(
            "certificate_expired",
            *_AGAINST,
            "{work}证书已于 {until} 到期",
            "Certificate for {work} ended on {until}",
        ),
        Remark(
            "certificate_not_begun",
            *_AGAINST,
            "{work}证书自 {since} 起有效",
            "Certificate for {work} is valid from {since} only",
        ),
        Remark(
            "review_overdue",
            *_AGAINST,
            "{work}证书应于 {due} 前复审，已逾期",
            "Certificate for {work}: review was due on {due}",
        ),
        Remark("absent", *_AGAINST, "{starts_at} 至 {ends_at} 请假", "Absent from {starts_at} to {ends_at}"),
        Remark(
            "double_booked",
            *_HARD,
            "{starts_at} 至 {ends_at} 已派工单 {job}",
            "Booked from {starts_at} to {ends_at} for job {job}",
        ),
        Remark(
            "booked_elsewhere",
            *_HARD,
            "{starts_at} 至 {ends_at} 已由其他服务站派工",
            "Booked from {starts_at} to {ends_at} by another outlet",
        ),
        Remark(
            "load_exceeded",
            *_HARD,
            "当日将达 {minutes} 分钟，超过上限 {daily_minutes} 分钟",
            "Would come to {minutes} minutes that day, {daily_minutes} at most",
        ),
        Remark("declined", *_HARD, "此前已拒接本工单", "Declined this job before"),
    )
}
BOOKED = frozenset({"double_booked", "booked_elsewhere"})
