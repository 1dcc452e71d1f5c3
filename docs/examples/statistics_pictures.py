"""Draw the pictures of `docs/statistics.md` with the harness's own rules and figures.

Run it as `python docs/examples/statistics_pictures.py`; it needs the extra `tests` and a Chromium
on the path. Every number is simulated with a fixed seed and judged by the code that judges builds.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright
from plotly.offline import get_plotlyjs

from dashboards.evidence import evidence_path
from dashboards.style import BASELINE, CANDIDATE, GREY, TEMPLATE, Json
from qualify.core.attempt import Attempt, Outcome
from qualify.core.baseline import Replicate, spreads
from qualify.core.budget import ErrorBudget
from qualify.core.canary import Budget, Canary, Judged
from qualify.core.verdict import Status, Verdict
from qualify.judging.cell import judge
from qualify.judging.evidence import Evidence, Reference
from qualify.stats.cusum import chart
from qualify.stats.identity import HARMLESS, false_pass
from qualify.stats.planning import calibrated, operating_at
from qualify.stats.pooled import FIRST
from qualify.stats.ranks import places

PICTURES = Path(__file__).parents[1] / "pictures"
WIDTH = 800
SEED = 20260101
K = 200
"""The gating metrics of the example's release."""
SMALL = 20
"""The gating metrics of a small grid, for the chart since the anchor."""
LEVELS = ErrorBudget().levels(K, K)
M, SD = 50, 0.01
CANARY = Canary(
    name="example",
    dataset="example",
    task="multiclass",
    budget=Budget(iterations=10),
    metrics=(Judged("log_loss", SD),),
    owner="",
)
"""Its margin is one standard deviation of the baseline below."""
Losses = Mapping[int, float]


def evidence() -> list[Json]:
    """An unchanged cell and one that is worse by two standard deviations, as the engine reads them.

    Each is trained until it is decided; the baseline, trained again, repeats its predictions.
    """
    return [
        {**_path(0.0), "name": "unchanged"},
        {**_path(2.0 * SD), "name": "worse by two standard deviations"},
    ]


def _path(loss: float) -> Json:
    """The evidence of a cell whose candidate is worse by `loss`."""
    rng = np.random.default_rng(SEED + 1)
    drawn = rng.standard_normal(M)
    exact = (drawn - drawn.mean()) / drawn.std(ddof=1)
    stored = [_replicate(seed, 0.3 + SD * z) for seed, z in enumerate(exact)]
    ours = (0.3 + loss + SD * rng.standard_normal(CANARY.cap)).tolist()
    verdict = _judged(stored, ours)
    (metric,) = (m for m in verdict.metrics if m.test == "ranks")
    return evidence_path(metric)


def _judged(stored: Sequence[Replicate], ours: Sequence[float]) -> Verdict:
    """Train as a run does, until the verdict asks for nothing more."""
    known = {s.metric: s for s in spreads(CANARY.name, stored)}
    reference = Reference("baseline", tuple(stored), known)
    attempts: dict[str, list[Attempt]] = {"candidate": [], "baseline": []}
    while True:
        arms = tuple(attempts["candidate"]), tuple(attempts["baseline"])
        verdict = judge(Evidence(CANARY, *arms, (reference,), LEVELS))
        if verdict.status is not Status.RUNNING:
            return verdict
        for ask in verdict.asks:
            value = ours[ask.seed] if ask.arm == "candidate" else 0.3
            attempts[ask.arm].append(_attempt(ask.arm, ask.seed, ask.number, value))


def _attempt(arm: Any, seed: int, number: int, value: float) -> Attempt:
    """The candidate predicts anew; the baseline, trained again, predicts what was stored."""
    return Attempt(
        cell="example",
        arm=arm,
        seed=seed,
        number=number,
        training=f"{arm}-{seed}",
        outcome=Outcome.OK,
        data=str(seed),
        predictions=f"{'new' if arm == 'candidate' else 'stored'}-{seed}",
        metrics={"log_loss": float(value)},
    )


def _replicate(seed: int, value: float) -> Replicate:
    metrics = {"log_loss": float(value)}
    return Replicate(CANARY.name, seed, str(seed), Outcome.OK, f"stored-{seed}", metrics)


def urn() -> list[Json]:
    """The same trainings on two scales: their places are the same, whatever the noise."""
    rng = np.random.default_rng(SEED)
    baseline, candidate = np.sort(rng.standard_normal(20)), rng.standard_normal(6) + 0.6
    return [
        {**_placed(baseline, candidate), "name": "losses with Gaussian noise"},
        {**_placed(np.exp(baseline), np.exp(candidate)), "name": "the same, heavily skewed"},
    ]


def _placed(baseline: Any, candidate: Any) -> Json:
    """Twenty replicates as ticks, and candidates above them with their places."""
    ties = np.zeros(len(baseline))
    found = places(candidate, baseline, np.zeros(len(candidate)), ties).tolist()
    heights = 1.0 + 0.3 * (np.argsort(np.argsort(candidate)) % 3)  # neighbours are not overprinted
    marks = {
        "type": "scatter",
        "x": candidate.tolist(),
        "y": heights.tolist(),
        "mode": "markers+text",
        "text": [f"place {place}" for place in found],
        "textposition": "middle right",
        "textfont": {"color": CANDIDATE, "size": 13},
        "marker": {"color": CANDIDATE, "symbol": "diamond", "size": 9},
    }
    ticks = {
        "type": "scatter",
        "x": baseline.tolist(),
        "y": [0.55] * len(ties),
        "mode": "markers",
        "marker": {"color": BASELINE, "symbol": "line-ns-open", "size": 20, "line": {"width": 2}},
    }
    layout: Json = {
        "xaxis": {
            "title": {"text": "loss (worse to the right)"},
            "showticklabels": False,
            "range": [float(min(baseline)) - 0.3, 1.12 * float(max(candidate)) + 0.3],
        },
        "yaxis": {"visible": False, "range": [0.2, 1.85]},
    }
    return {"data": [ticks, marks], "layout": layout}


def power() -> list[Json]:
    """How often a loss is found, and what it takes, for three designs."""
    shifts = np.linspace(0.0, 3.0, 13).tolist()
    designs = {
        f"m = {m}, cap {cap}": calibrated(
            m, cap, 1.0, LEVELS.metric, LEVELS.beta - false_pass(HARMLESS)
        )
        for m, cap in ((20, 30), (50, 30), (200, 60))
    }
    looks = zip(designs, (GREY, CANDIDATE, BASELINE), ("dot", "solid", "dash"), strict=True)
    found = {n: [operating_at(design, s) for s in shifts] for n, design in designs.items()}
    styles = [(name, {"color": colour, "dash": dash, "width": 2}) for name, colour, dash in looks]

    def lines(of: Callable[[Any], float]) -> list[Json]:
        return [
            {"type": "scatter", "x": shifts, "y": list(map(of, found[n])), "name": n, "line": look}
            for n, look in styles
        ]

    across = {"title": {"text": "loss in standard deviations"}}
    share = {"range": [0, 1.02], "tickformat": ".0%"}
    return [
        {
            "name": "cells called regressed",
            "data": lines(lambda one: one.regressed),
            "layout": {"xaxis": across, "yaxis": share, **_legend(0.98, 0.05)},
        },
        {
            "name": "mean trainings until decided",
            "data": lines(lambda one: one.trainings),
            "layout": {"xaxis": across, "yaxis": {"rangemode": "tozero"}},
        },
    ]


def ratchet() -> list[Json]:
    """Releases that each lose a tenth of a standard deviation, on the chart since the anchor.

    The level is that of a grid of `SMALL` gating metrics.
    """
    rng = np.random.default_rng(SEED)
    anchor = rng.standard_normal(M)
    lost = [0.1 * release for release in range(1, 21)]
    drawn = [rng.standard_normal(FIRST) + loss for loss in lost]
    zero = np.zeros(FIRST), np.zeros(M)
    found = chart([places(one, anchor, *zero) for one in drawn], M, LEVELS.pooled / 2.0 / SMALL)
    xaxis = {"title": {"text": "releases since the anchor"}, "dtick": 5}
    path = _steps(found.sums, CANDIDATE, "diamond")
    limit = {
        "type": "line",
        "y0": found.limit,
        "y1": found.limit,
        "line": {"color": CANDIDATE, "width": 1.5},
    }
    note = {
        "xref": "paper",
        "x": 0.01,
        "y": found.limit,
        "yanchor": "bottom",
        "text": f"alarm from {found.limit:.1f}",
    }
    total = {"name": "true loss", "mode": "lines", "line": {"color": GREY, "dash": "dot"}}
    truth = {"type": "scatter", "x0": 1, "y": lost, **total}
    return [
        {
            "name": "cumulative sum",
            "data": [path],
            "layout": {"xaxis": xaxis, "shapes": [limit], "annotations": [note]},
        },
        {
            "name": "loss since the anchor, in standard deviations",
            "data": [
                {**_steps(found.losses, BASELINE, "circle"), "name": "seen in five trainings"},
                truth,
            ],
            "layout": {"xaxis": xaxis, **_legend(0.98, 0.05)},
        },
    ]


def _legend(x: float, y: float) -> Json:
    place = {"x": x, "xanchor": "right", "y": y, "yanchor": "bottom", "bgcolor": "white"}
    return {"showlegend": True, "legend": place}


def _steps(values: Sequence[float], colour: str, symbol: str) -> Json:
    return {
        "type": "scatter",
        "x0": 1,
        "y": list(values),
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2},
        "marker": {"color": colour, "symbol": symbol, "size": 7},
    }


DRAWN: Mapping[str, tuple[Callable[[], list[Json]], int]] = {
    "places.png": (urn, 210),
    "evidence.png": (evidence, 330),
    "power.png": (power, 330),
    "ratchet.png": (ratchet, 300),
}
"""Every picture with what draws its two panels, and their height."""


def page(panels: Sequence[Json], height: int, *, stacked: bool) -> str:
    """One page with two panels, above each other or side by side."""
    width = WIDTH if stacked else WIDTH // 2
    common: Mapping[str, Any] = json.loads(json.dumps(TEMPLATE))
    common["layout"]["font"].update(color="#30363d", size=13)
    divs, calls = [], []
    for number, panel in enumerate(panels):
        layout: dict[str, Any] = {**_dict(panel["layout"]), "template": common}
        layout.update(width=width, height=height, title={"text": panel["name"], "x": 0.02})
        divs.append(f'<div id="p{number}" style="float:left"></div>')
        given = ", ".join(map(json.dumps, (panel["data"], layout, {"staticPlot": True})))
        calls.append(f'Plotly.newPlot("p{number}", {given})')
    script = f"<script>{get_plotlyjs()}</script>"
    drawn = f"Promise.all([{', '.join(calls)}]).then(() => {{ window.drawn = true }})"
    body = f"{''.join(divs)}<script>{drawn}</script>"
    head = f'<!doctype html><meta charset="utf-8">{script}'
    return f'{head}<body style="margin:0;background:white">{body}</body>'


def _dict(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("a figure's layout is a table")
    return value


def main() -> None:
    """Draw every picture in a real browser."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as room:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (draw, height) in DRAWN.items():
            stacked = draw is urn
            path = Path(room) / "page.html"
            path.write_text(page(draw(), height, stacked=stacked), encoding="utf-8")
            whole = {"width": WIDTH, "height": height * (2 if stacked else 1)}
            tab = browser.new_page(viewport=whole)  # type: ignore[arg-type]
            tab.goto(path.as_uri())
            tab.wait_for_function("window.drawn")
            tab.screenshot(path=PICTURES / name)
            tab.close()
        browser.close()


if __name__ == "__main__":
    main()
