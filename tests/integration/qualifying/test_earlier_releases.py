"""Releases before the baseline, whose saved models must still load."""

from __future__ import annotations

from tests.tinyml import FLOWERS, LANE, Project

CHECKS = '''\
from qualify.suite import Lab, check


@check(owner="serving", dataset="tiny", task="multiclass", iterations=1, earlier=True)
def test_loads(lab: Lab) -> None:
    """Every earlier release saves a model that loads and predicts the same."""
    saved = {arm: lab.train(arm=arm) for arm in lab.others}
    assert lab.arm != "candidate" or len(saved) == 2
    for attempt in saved.values():
        assert lab.train(reload=attempt).predictions == attempt.predictions
'''


def test_earlier_releases_are_installed_for_the_cells_that_ask_them(project: Project):
    """A run installs them only where a selected cell asks for them, and then they train."""
    project.package("older", "0.9")
    settings = project.settings.replace("[target]", '[target]\nearlier = ["trees/older"]')
    project.write("qualify.toml", settings)
    project.write("suites/compatibility/test_models.py", CHECKS)
    without = project.run("run", "--select", FLOWERS)
    assert "0.9" not in without.err
    with_them = project.run("run", "--json", "--select", "compatibility/loads@*")
    assert "installing tinyml 0.9" in with_them.err
    assert with_them.cells[f"compatibility/loads@{LANE}"] == "passed", with_them.err
