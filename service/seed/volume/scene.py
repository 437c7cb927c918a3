"""What a visit is about."""

from msgspec import Struct

from service.seed.volume.plots import Plot


class Scene(Struct, frozen=True, kw_only=True):
    """What a visit is about: the order's own words, and how it is to end."""

    plot: Plot
    work_type: str
    outlet: str
    product: str
    warranty: str
    special: tuple[str, ...]
    outcome: str
    short: bool = False
