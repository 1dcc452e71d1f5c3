"""What a build's record keeps from an earlier run."""

from dataclasses import replace

from qualify.core.candidate import BuildFailure
from qualify.verbs.build import beside
from tests.factories import LANE, build, environment

OTHER = "py313-cpu-free"


def test_lanes_of_an_earlier_run_are_kept():
    """A run of one lane does not forget the environments of the others."""
    earlier = replace(build("B1", "1", "2025-01-01"), environments={OTHER: environment("a==1")})
    assert set(beside(build("B1", "1", "2025-01-01"), earlier).environments) == {OTHER, str(LANE)}


def test_a_lane_is_what_its_latest_run_made_of_it():
    """A lane that can no longer be installed loses its earlier environment."""
    earlier = build("B1", "1", "2025-01-01", "numpy==2.2.6")
    now = replace(earlier, environments={}, failures={str(LANE): BuildFailure("no numpy")})
    kept = beside(now, earlier)
    assert kept.environments == {}
    assert set(kept.failures) == {str(LANE)}


def test_another_wheel_keeps_nothing():
    """Environments of another wheel say nothing of this one."""
    now = replace(build("B1", "2", "2025-01-01"), environments={})
    assert beside(now, build("B1", "1", "2025-01-01")).environments == {}
    assert beside(now, None) == now
