"""What is looked at before tools come out, by kind of special work (R16, K31)."""

from msgspec import Struct

from domain.facts.words import SpecialWork


class SafetyCheck(Struct, frozen=True):
    """One check: the code that plans and facts name it by, the special work that asks for it, and its words."""

    code: str
    special_work: tuple[SpecialWork, ...]
    zh: str
    en: str


_W = SpecialWork
SAFETY_CHECKS = (
    SafetyCheck("harness_fastened", (_W.HEIGHT,), "安全带已系牢", "Harness fastened"),
    SafetyCheck("anchor_sound", (_W.HEIGHT,), "固定点牢固", "Anchor point sound"),
    SafetyCheck("ground_cordoned", (_W.HEIGHT,), "下方地面已围挡", "Ground below cordoned off"),
    SafetyCheck("power_off", (_W.ELECTRICITY,), "电源已断开", "Power switched off"),
    SafetyCheck("voltage_absent", (_W.ELECTRICITY,), "已验明无电压", "Absence of voltage tested"),
    SafetyCheck("gas_shut_off", (_W.GAS,), "燃气阀门已关闭", "Gas shut off"),
    SafetyCheck("room_aired", (_W.REFRIGERATION, _W.GAS, _W.CHEMICALS), "室内已通风", "Room aired"),
    SafetyCheck("no_open_flame", (_W.REFRIGERATION,), "无明火", "No open flame"),
    SafetyCheck("no_ignition_source", (_W.GAS,), "无点火源", "No source of ignition"),
    SafetyCheck("extinguisher_at_hand", (_W.WELDING,), "灭火器在手边", "Fire extinguisher at hand"),
    SafetyCheck("surroundings_covered", (_W.WELDING,), "周围已遮盖", "Surroundings covered"),
    SafetyCheck("gloves_and_goggles", (_W.CHEMICALS,), "已戴手套和护目镜", "Gloves and goggles on"),
)


def safety_checks_of(work: SpecialWork) -> tuple[str, ...]:
    """The codes of the checks that this work asks for."""
    return tuple(check.code for check in SAFETY_CHECKS if work in check.special_work)
