"""Every KPI by its id, in the order of their numbers."""

from domain.kpis.core import CORE
from domain.kpis.kpi import Kpi
from domain.kpis.supporting import SUPPORTING

KPIS: tuple[Kpi, ...] = tuple(sorted((*CORE, *SUPPORTING), key=lambda kpi: kpi.id))
KPI_BY_ID = {kpi.id: kpi for kpi in KPIS}
