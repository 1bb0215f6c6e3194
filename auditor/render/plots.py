"""The two figures of a backtest: regret against drop rate, and the reliability diagram.

The same figures give the same bytes: fonts, sizes, ids and metadata are fixed here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.decide.backtest import Backtest, rank
from auditor.decide.cuts import OURS
from auditor.decide.event_backtest import Plan, backtest_events, cut_days
from auditor.decide.figures import Bin, bins
from auditor.errors import BadInputError
from auditor.render.backtest import FORECAST, in_words
from auditor.render.tables import Page
from auditor.render.web import as_html
from auditor.usage.history import Floats, History
from auditor.usage.learn import Memory
from auditor.usage.predict import Model, fit, predict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".html")
RATES = tuple(round(0.05 * n, 2) for n in range(1, 20))
"""Drop rates of the curves."""
WIDTH_INCHES, HEIGHT_INCHES = 12.5, 4.8
OURS_STYLE: Mapping[str, Any] = {"color": "#b2182b", "linewidth": 2.6, "zorder": 5}
COLOURS = ("#4393c3", "#2166ac", "#66a61e", "#7570b3", "#8c6d31", "#666666", "#d95f02", "#1b9e77")
DASHES = ("-", "--", "-.", ":")
FIXED: Mapping[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "svg.fonttype": "path",
    "svg.hashsalt": "auditor",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "savefig.dpi": 120,
}


@dataclass(frozen=True, slots=True)
class Curves:
    """Mean regret at each of `RATES` by name, ours first, and the bins of the forecast."""

    regret: Mapping[str, Floats]
    bins: Sequence[Bin]


def regret_curves(found: Backtest) -> Curves:
    """What is drawn of a project's past."""
    drawn = rank(found.past, RATES) if found.predictors else {}
    return Curves(
        {
            FORECAST if name == OURS else in_words(name): one.regret.mean(axis=0)
            for name, one in drawn.items()
        },
        found.reliability,
    )


def event_curves(past: History, plan: Plan) -> Curves:
    """What is drawn of an event log: its backtest at every drop rate, and what was foretold."""
    memory = Memory()
    drawn = backtest_events(past, replace(plan, drop_rates=RATES), memory=memory)
    chances, fired = [], []
    model: Model | None = None
    for day in cut_days(plan, past.days):
        model = fit(past, day, plan.horizon_days, memory=memory, start=model)
        catalog = memory.frames[day].items
        chances.append(np.nan_to_num(predict(model, past, day, memory=memory).p_fire))
        fired.append(past.fired(day, plan.horizon_days)[catalog])
    return Curves(
        {
            FORECAST if name == OURS else in_words(name): one.regret.mean(axis=0)
            for name, one in drawn.predictors.items()
        },
        bins(chances, fired),
    )


def check_plot(path: Path) -> None:
    """Refuses what cannot be drawn, before any work is done.

    Raises:
        BadInputError: the file has another ending, or no folder to be in.
        ModuleNotFoundError: matplotlib is not installed.
    """
    import matplotlib as mpl  # noqa: F401

    if path.suffix.lower() not in SUFFIXES:
        raise BadInputError(f"--plot {path}: expected a file that ends in .png or .html")
    if not path.parent.is_dir():
        raise BadInputError(f"--plot {path}: there is no folder {path.parent}")


def write_plot(path: Path, page: Page, curves: Curves) -> None:
    """Write the figures as a picture, or as a page with the tables, by the file's ending."""
    if path.suffix.lower() == ".html":
        path.write_text(as_html(page, [_svg(curves)]), encoding="utf-8")
    else:
        path.write_bytes(_drawn(curves, "png", {"Software": None}))


def _svg(curves: Curves) -> str:
    text = _drawn(curves, "svg", dict.fromkeys(("Date", "Creator", "Format", "Type"))).decode(
        "utf-8"
    )
    return text[text.index("<svg") :]


def _drawn(curves: Curves, format_: str, metadata: dict[str, None]) -> bytes:
    with _figure() as (left, right, save):
        _regret(left, curves.regret)
        _reliability(right, curves.bins)
        return save(format_, metadata)


@contextmanager
def _figure() -> Iterator[tuple[Axes, Axes, Callable[[str, dict[str, None]], bytes]]]:
    """Two axes side by side, drawn without a display and without a word of the user's own style."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    def save(format_: str, metadata: dict[str, None]) -> bytes:
        out = io.BytesIO()
        figure.savefig(out, format=format_, metadata=metadata)
        return out.getvalue()

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(FIXED)
        figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1.35, 1))
        yield left, right, save


def _regret(axes: Axes, curves: Mapping[str, Floats]) -> None:
    axes.set(
        title="Regret against drop rate",
        xlabel="share of capabilities dropped, least likely first",
        ylabel="share of those that fired after all",
        xlim=(0, 1),
    )
    for number, (name, values) in enumerate(curves.items()):
        style = OURS_STYLE if not number else {
            "color": COLOURS[(number - 1) % len(COLOURS)],
            "linestyle": DASHES[(number - 1) % len(DASHES)],
            "linewidth": 1.4,
        }  # fmt: skip
        axes.plot(RATES, values, label=name, **style)
    if curves:
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    else:
        _say(axes, "no figure: fewer than three\ncuts with a complete horizon")


def _reliability(axes: Axes, bins: Sequence[Bin]) -> None:
    axes.set(
        title="Reliability of the forecast",
        xlabel="forecast chance of firing",
        ylabel="share that fired",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
        aspect="equal",
    )
    axes.plot((0, 1), (0, 1), color="#999999", linewidth=1, linestyle="--")
    if not bins:
        _say(axes, "no figure")
        return
    axes.errorbar(
        [b.forecast for b in bins],
        [b.fired for b in bins],
        yerr=[2 * b.standard_error for b in bins],
        fmt="o",
        color=OURS_STYLE["color"],
        markersize=5,
        capsize=3,
        linewidth=1.2,
    )
    axes.annotate("bars: 2 standard errors over cuts", (0.98, 0.04), ha="right", color="#555555")


def _say(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color="#555555")
