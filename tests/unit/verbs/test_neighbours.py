"""Targets beside the one that is drawn, from a work folder and its history."""

from dataclasses import replace

import pytest

from qualify.config import Config
from qualify.core.event import CellFinished, CellPlanned
from qualify.core.verdict import Status, Verdict
from qualify.verbs.judge import judge
from qualify.verbs.publishing.grid import Seen, gather
from qualify.verbs.publishing.publish import publish
from qualify.wiring import Context
from tests.fakes import build, cell, plan

NOW = "2025-01-01T00:00:00+00:00"


@pytest.fixture
def context(tmp_path):
    """A work folder of the target acme."""
    target = {"name": "acme", "candidate": "acme==2.0", "baseline": "acme==1.0"}
    return Context(Config.model_validate({"target": target}), tmp_path, print)


def built(context, target, status=Status.PASSED):
    """A judged build of a target with one cell."""
    folder, of = context.shelf.take(f"{target} {len(context.shelf.all())}"), cell("noise")
    folder.save_candidate(replace(build(), id=folder.id, target=target))
    folder.save_plan(replace(plan(of), target=target, build=folder.id))
    folder.ledger.append(CellPlanned(NOW, of.id))
    folder.ledger.append(CellFinished(NOW, of.id, "", Verdict(status, "T001", "seen")))
    judge(folder, context.clock)
    return folder


def known(atlas):
    return {one.overview.target: [b.id for b in one.overview.builds] for one in atlas.others}


def test_other_targets_of_a_work_folder_are_known(context):
    """Each has its builds, whatever the configuration names."""
    built(context, "acme")
    built(context, "b")
    built(context, "a")
    assert known(gather(context)) == {"a": ["B0003"], "b": ["B0002"]}


def test_a_target_that_only_the_history_has_is_known(context):
    """Its builds need not be in the work folder any more."""
    built(context, "acme")
    context.history().add(built(context, "other", Status.FAILED))
    (context.work / "builds" / "B0002").rename(context.work / "elsewhere")
    (other,) = gather(context).others
    assert [head.id for head in other.overview.builds] == ["B0002"]
    assert other.overview.point(0, 0).status is Status.FAILED


def test_what_the_history_has_of_another_target_is_not_read_again(context):
    """Only the builds that no history has cost a look at their ledger, and none counts twice."""
    built(context, "acme")
    context.history().add(built(context, "other"))
    fresh = built(context, "other")
    seen = Seen()
    assert known(gather(context, seen)) == {"other": ["B0003", "B0002"]}
    assert set(seen.columns) == {context.work / "builds" / "B0001", fresh.path}


def test_a_target_alone_has_no_others(context):
    """The page of one target is about nothing else."""
    built(context, "acme")
    assert gather(context).others == ()


def test_each_target_can_have_its_page(context, tmp_path):
    """The pages lie below the configured target's and lead to one another."""
    built(context, "acme")
    built(context, "a/b")
    out = tmp_path / "site"
    publish(context, out, everything=True)
    forests = {
        "targets/a%252Fb/index.html": out / "views" / "forest.json",
        "../../index.html": out / "targets" / "a%2Fb" / "views" / "forest.json",
    }
    for way, forest in forests.items():
        assert f'"href":"{way}#build=B000' in forest.read_text()
    assert "a/b" in (out / "targets" / "a%2Fb" / "index.html").read_text()


def test_others_have_no_page_unless_asked_for(context, tmp_path):
    """A folder holds the configured target's page alone."""
    built(context, "acme")
    built(context, "other")
    publish(context, tmp_path / "site")
    assert not (tmp_path / "site" / "targets").exists()
