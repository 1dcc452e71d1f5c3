"""The same statuses as other tools draw them: plotly's heatmap, a plain table, Allure's report."""

from __future__ import annotations

import html
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qualify.core.overview import CODES, Overview
from qualify.core.verdict import Status
from qualify.rendering.assets import plotly
from qualify.rendering.palette import slug, stylesheet

_READY = "performance.mark('ready')"
_MISSING = (Status.NOT_SCHEDULED, Status.SKIPPED, Status.GATED, Status.RUNNING)


def heatmap(overview: Overview) -> str:
    """Draw plotly's own heatmap of the codes of statuses."""
    shape = (len(overview.rows), len(overview.builds))
    codes = np.frombuffer(overview.statuses, dtype=np.uint8).reshape(shape)
    trace = {
        "type": "heatmap",
        "z": codes.tolist(),
        "x": [build.id for build in overview.builds],
        "y": [row.id for row in overview.rows],
        "zmin": 0,
        "zmax": len(CODES) - 1,
    }
    layout = {"height": 700, "yaxis": {"autorange": "reversed"}}
    return f"""<!doctype html><meta charset="utf-8"><body><div id="plot"></div>
<script>{plotly()}</script><script>
const trace = {json.dumps(trace)};
Plotly.newPlot("plot", [trace], {json.dumps(layout)}).then(() => {{
  {_READY}; document.body.classList.add("ready");
}});
</script>"""


def table(overview: Overview) -> str:
    """A table with sticky heads and a square of the same look for each cell."""
    return "".join(_table(overview))


def _table(overview: Overview) -> Iterator[str]:
    count = len(overview.builds)
    cells = [f'<td class="{slug(code)}" title="{code.value}">{code.glyph}</td>' for code in CODES]
    yield f"""<!doctype html><meta charset="utf-8"><style>{stylesheet()}
#scroller{{height:700px;overflow:auto}}table{{border-collapse:collapse;font:12px sans-serif}}
td{{background:var(--fill);color:var(--ink);width:20px;height:20px;text-align:center}}
thead th{{position:sticky;top:0;background:#fff}}tbody th{{position:sticky;left:0;background:#fff}}
</style><body><input id="find"><div id="scroller"><table><thead><tr><th></th>"""
    yield "".join(f"<th>{html.escape(build.id)}</th>" for build in overview.builds)
    yield "</tr></thead><tbody>"
    for at, row in enumerate(overview.rows):
        line = overview.statuses[at * count : (at + 1) * count]
        yield f"<tr><th>{html.escape(row.id)}</th>{''.join(cells[code] for code in line)}</tr>"
    yield f"""</tbody></table></div><script>
const rows = [...document.querySelectorAll("tbody tr")];
document.getElementById("find").addEventListener("input", (event) => {{
  for (const row of rows) row.hidden = !row.firstChild.textContent.includes(event.target.value);
}});
document.body.offsetHeight; {_READY}; document.body.classList.add("ready");
</script>"""


def allure(overview: Overview, command: Path, folder: Path) -> Path:
    """Allure's report of the newest build: it has one build in sight, not a grid of them."""
    results = folder / "allure-results"
    results.mkdir(parents=True)
    for at, row in enumerate(overview.rows):
        status = overview.point(at, 0).status
        word = "passed" if status.green else "skipped" if status in _MISSING else "failed"
        result = {
            "uuid": f"{at:08d}",
            "historyId": row.id,
            "fullName": row.id,
            "name": row.name,
            "status": word,
            "stage": "finished",
            "start": 1_700_000_000_000 + at,
            "stop": 1_700_000_000_500 + at,
            "labels": [{"name": "suite", "value": row.suite}],
        }
        (results / f"{at:08d}-result.json").write_text(json.dumps(result))
    made = folder / "allure-report"
    line = [str(command), "awesome", "--single-file", "--output", str(made), str(results)]
    subprocess.run(line, check=True, capture_output=True, timeout=300, cwd=folder)
    return made / "index.html"
