"""Charts as SVG, in a process of its own: legible in print and in grey, told apart by shape and hatching.

Letters in them are digits, KPI numbers and badges only: whatever is language stands around them, in the paper's font.
"""

import io
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

INK, MIDDLE, PALE = "#1b1f24", "#57606a", "#d0d7de"
STYLE: dict[str, Any] = {
    "svg.hashsalt": "onsite",
    "font.size": 7,
    "axes.linewidth": 0.6,
    "axes.edgecolor": MIDDLE,
    "hatch.linewidth": 0.5,
    # A dollar sign in a badge is a dollar sign.
    "text.parse_math": False,
}


class Point(Struct, frozen=True, array_like=True):
    """One figure with its interval, in percent; `small` where it rests on few."""

    label: str
    value: float
    low: float
    high: float
    small: bool


class Panel(Struct, frozen=True):
    """One KPI, and its target where it has one."""

    title: str
    target: float | None
    points: list[Point]


class Bar(Struct, frozen=True):
    """One stretch of the coverage bar, in points of 100."""

    points: float
    hatch: str
    colour: str


class Charts(Struct, frozen=True):
    """What to draw. Empty lists draw nothing."""

    trend: list[Panel]
    comparison: list[Panel]
    coverage: list[Bar]


def draw(order: bytes) -> bytes:
    """`Charts` as JSON to SVG by name, also as JSON; null where there is nothing to draw."""
    import matplotlib as mpl  # noqa: PLC0415 (only the process that draws holds it)

    mpl.use("svg")
    mpl.rcParams.update(STYLE)  # type: ignore[arg-type]  # it names every key that there is
    asked = msgspec.json.decode(order, type=Charts)
    drawn = {
        "trend": _trend(asked.trend),
        "comparison": _comparison(asked.comparison),
        "coverage": _coverage(asked.coverage),
    }
    return msgspec.json.encode(drawn)


def _trend(panels: Sequence[Panel]) -> str | None:
    """One small chart for each KPI: the line, its 95 % interval as a band, hollow marks where samples are small."""
    if not panels:
        return None
    figure, axes = _grid(len(panels), 3, 1.5)
    for panel, axis in zip(panels, axes, strict=False):
        places = range(len(panel.points))
        axis.fill_between(
            places, [p.low for p in panel.points], [p.high for p in panel.points], color=PALE, linewidth=0
        )
        axis.plot(places, [p.value for p in panel.points], color=INK, linewidth=1)
        for place, point in zip(places, panel.points, strict=True):
            axis.plot(place, point.value, "o", markersize=3, color=INK, markerfacecolor="white" if point.small else INK)
        axis.set_xticks(list(places), [p.label for p in panel.points], rotation=90)
        _framed(axis, panel)
    return _svg(figure)


def _comparison(panels: Sequence[Panel]) -> str | None:
    """One row for each technician: value and interval; small samples hollow and on grey."""
    if not panels or not panels[0].points:
        return None
    rows = max(len(panel.points) for panel in panels)
    figure, axes = _grid(len(panels), 3, 0.5 + 0.14 * rows)
    for panel, axis in zip(panels, axes, strict=False):
        for place, point in enumerate(reversed(panel.points)):
            if point.small:
                axis.axhspan(place - 0.5, place + 0.5, color=PALE, alpha=0.5, linewidth=0)
            axis.plot([point.low, point.high], [place, place], color=MIDDLE, linewidth=0.8)
            axis.plot(point.value, place, "s", markersize=3, color=INK, markerfacecolor="white" if point.small else INK)
        axis.set_yticks(range(len(panel.points)), [p.label for p in reversed(panel.points)])
        axis.set_xlim(0, 101)
        axis.set_title(panel.title, loc="left", fontsize=8)
        if panel.target is not None:
            axis.axvline(panel.target, color=INK, linewidth=0.6, linestyle=(0, (4, 2)))
        _bare(axis)
    return _svg(figure)


def _coverage(bars: Sequence[Bar]) -> str | None:
    """One bar of 100 points."""
    if not bars:
        return None
    figure, axes = _grid(1, 1, 0.5)
    left = 0.0
    for bar in bars:
        axes[0].barh(0, bar.points, left=left, color=bar.colour, hatch=bar.hatch, edgecolor=INK, linewidth=0.5)
        left += bar.points
    axes[0].set_xlim(0, 100)
    axes[0].set_yticks([])
    _bare(axes[0])
    return _svg(figure)


def _grid(count: int, columns: int, row_inches: float) -> tuple[Any, list[Any]]:
    from matplotlib.figure import Figure  # noqa: PLC0415 (only the process that draws holds it)

    rows = -(-count // columns)
    figure = Figure(figsize=(6.9, rows * row_inches), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axis in axes[count:]:
        axis.set_axis_off()
    return figure, axes


def _framed(axis: Any, panel: Panel) -> None:  # noqa: ANN401 (matplotlib's axes)
    lowest = min([p.low for p in panel.points] + ([panel.target] if panel.target is not None else []), default=0)
    axis.set_ylim(max(0, lowest - 5), 101)
    axis.set_title(panel.title, loc="left", fontsize=8)
    if panel.target is not None:
        axis.axhline(panel.target, color=INK, linewidth=0.6, linestyle=(0, (4, 2)))
    _bare(axis)


def _bare(axis: Any) -> None:  # noqa: ANN401 (matplotlib's axes)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(length=2, width=0.5, colors=MIDDLE)


def _svg(figure: Any) -> str:  # noqa: ANN401 (matplotlib's figure)
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
