"""Every rule that facts can break, by its code. Served at `GET /v1/rules`."""

from domain.rules.fees import FEES_RULES
from domain.rules.flow import FLOW_RULES
from domain.rules.rule import Rule
from domain.rules.service import SERVICE_RULES

RULES: tuple[Rule, ...] = FLOW_RULES + FEES_RULES + SERVICE_RULES
RULE_BY_CODE = {rule.code: rule for rule in RULES}
