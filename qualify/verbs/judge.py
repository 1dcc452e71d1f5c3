"""Judge: the ledger in, the decision and its files out."""

from __future__ import annotations

from qualify.core.grid import Column
from qualify.core.verdict import Decision
from qualify.judging.decision import decide
from qualify.rendering.junit import junit
from qualify.rendering.summary import summary
from qualify.storing.builds import BuildFolder
from qualify.storing.columns import column, verdicts
from qualify.storing.files import write_text


def judge(folder: BuildFolder) -> Column:
    """Decide on a build, and write decision.json, junit.xml and summary.md."""
    found = verdicts(folder.ledger.events(), over=True)
    decision: Decision = decide(folder.plan(), found)
    folder.save_decision(decision)
    whole = column(folder, decision)
    write_text(folder.path / "junit.xml", junit(whole))
    write_text(folder.path / "summary.md", summary(whole))
    return whole
