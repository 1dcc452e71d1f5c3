"""Mistakes of the user: exit code 2, one message that names the place, and the remedy."""

from __future__ import annotations

import pytest

from tests.tinyml import LANE, Project, Ran


def refused(ran: Ran, *words: str) -> None:
    """It ended as a usage error without a traceback, saying these words."""
    assert ran.code == 2, ran.out + ran.err
    assert "Traceback" not in ran.err
    assert ran.err.count("error:") + ran.err.count("Error:") == 1, ran.err
    for word in words:
        assert word in ran.err


def test_a_candidate_that_is_nowhere(project: Project):
    """A path that is not there is named."""
    refused(project.run("run", "--candidate", "trees/nowhere"), "trees/nowhere", "remedy:")


def test_an_unknown_key(project: Project):
    """A typo in the configuration is answered with the nearest key."""
    project.write("qualify.toml", project.settings.replace("candidate", "canidate"))
    refused(project.run("run"), "target.canidate", "did you mean 'candidate'?")


def test_an_unknown_option(project: Project):
    """A typo on the command line is a usage error."""
    refused(project.run("run", "--canidate", "x"), "--canidate")


def test_a_selection_of_nothing(project: Project):
    """A glob that fits no cell is repeated, with the verb that lists them."""
    refused(project.run("cells", "--select", "quality/flower"), "'quality/flower'", "qualify cells")


def test_an_adapter_that_is_nowhere(project: Project):
    """An unknown adapter is answered with the known ones."""
    project.write("qualify.toml", project.settings.replace("tinyml_adapter.py", "falml"))
    refused(project.run("run"), "there is no adapter 'falml'", "did you mean 'flaml'?")


def test_mistakes_in_a_canary(project: Project):
    """What is wrong with a canary is said at planning, all of it, before anything is built."""
    path = project.root / "suites" / "quality" / "canaries.toml"
    text = path.read_text().replace('dataset = "wine"', 'dataset = "wine"\nbudgets = 1')
    path.write_text(text.replace("log_loss = 0.1", "logloss = 0.1", 1))
    refused(project.run("run"), "did you mean 'budget'?", "did you mean 'log_loss'?")
    assert not (project.root / ".qualify" / "builds").exists()


@pytest.mark.parametrize(
    ("line", "said"), [('{"baseline": "tinyml"}', ":1:"), ("\udcff", "not UTF-8")]
)
def test_a_broken_baseline(project: Project, line: str, said: str):
    """A broken baseline file is named before anything is trained."""
    path = project.root / "baselines" / "tinyml" / "1.0" / f"{LANE}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(line.encode(errors="surrogateescape") + b"\n")
    refused(project.run("run"), f"{LANE}.jsonl", said, "remedy:")
    assert project.events() == []


def test_an_error_budget_of_nothing(project: Project):
    """A level that could never decide, and shares beyond the whole, are named by their keys."""
    project.write("qualify.toml", project.settings + "[errors]\nalpha = 0\n")
    refused(project.run("run"), "errors.alpha", "remedy:")
    project.write("qualify.toml", project.settings.replace("alpha = 0", "metrics = 0.9"))
    refused(project.run("run"), "the parts of alpha sum to 1.3")


def test_a_build_that_is_not_there(project: Project):
    """Judging before anything ran says what to do first."""
    refused(project.run("judge"), "no build", "qualify run")


def test_a_candidate_of_another_package(project: Project):
    """A build of another package than the adapter's is refused before anything is trained."""
    adapter = (project.root / "tinyml_adapter.py").read_text()
    project.write("tinyml_adapter.py", adapter.replace('"tinyml"', '"othertool"'))
    refused(project.run("run"), "a build of tinyml", "the adapter is othertool's", "target.adapter")
