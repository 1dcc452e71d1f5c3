"""A package is a guest in its user's process: it leaves everything as it was."""

from typing import Any

from qualify.suite import Lab, Limits, check

MANNERS: dict[str, Any] = {
    "owner": "platform",
    "dataset": "iris",
    "task": "multiclass",
    "share": 0.2,
    "limits": Limits(wall_s=300.0),
    "practice": ("Infra 3",),
}
STEPS = ("importing", "fitting", "predicting")
WARNINGS = "silenced warnings"
PRINTED_KB = 100


def seen(lab: Lab, step: str) -> dict[str, Any]:
    """What was seen of a step; an error is no answer."""
    found = lab.observe("manners", step)
    assert isinstance(found.value, dict), f"{step} ended: {found.error}: {found.message}"
    return found.value


def changed_nothing(lab: Lab, step: str) -> None:
    """Require that the process is as it was, the filters of warnings aside."""
    changes = {k: v for k, v in seen(lab, step)["changed"].items() if k != WARNINGS}
    said = "; ".join(f"{name}: {how}" for name, how in changes.items())
    assert not changes, f"{step} changed {said}"


@check(**MANNERS)
def test_import_leaves_the_process_as_it_was(lab: Lab) -> None:
    """An import changes no locale, variables, paths, handlers, hooks or limits."""
    changed_nothing(lab, "importing")


@check(**MANNERS)
def test_fit_leaves_the_process_as_it_was(lab: Lab) -> None:
    """A fit changes no working directory, locale, variables, handlers, hooks or limits."""
    changed_nothing(lab, "fitting")


@check(**MANNERS)
def test_predict_leaves_the_process_as_it_was(lab: Lab) -> None:
    """A prediction changes no working directory, locale, variables, handlers, hooks or limits."""
    changed_nothing(lab, "predicting")


@check(**MANNERS)
def test_silences_no_warnings(lab: Lab) -> None:
    """Warnings of the user's own code are shown as before."""
    silenced = {s: how for s in STEPS if (how := seen(lab, s)["changed"].get(WARNINGS))}
    said = "; ".join(f"{step}: {how}" for step, how in silenced.items())
    assert not silenced, f"filters for all code: {said}"


@check(**MANNERS)
def test_keeps_global_generators(lab: Lab) -> None:
    """A fit does not seed the generators of random numbers that all code shares."""
    found = lab.observe("manners", "seeding")
    assert found.value == [], f"seeded: {found.value or found.message}"


@check(**MANNERS)
def test_writes_nothing_here(lab: Lab) -> None:
    """Neither a fit nor a prediction leaves files in the working directory."""
    written = [name for step in STEPS[1:] for name in seen(lab, step)["written"]]
    assert not written, f"left in the working directory: {', '.join(written)[:300]}"


@check(**MANNERS)
def test_asks_for_nothing(lab: Lab) -> None:
    """Neither a fit nor a prediction reads the standard input."""
    asked = [step for step in STEPS[1:] if seen(lab, step)["asked"]]
    assert not asked, f"the standard input was read while {' and '.join(asked)}"


@check(**MANNERS)
def test_starts_no_server(lab: Lab) -> None:
    """Neither import nor fit nor prediction listens on a port."""
    serves = [f"{step}: {port}" for step in STEPS for port in seen(lab, step)["serves"]]
    assert not serves, f"a server was started while {'; '.join(serves)}"


@check(**MANNERS)
def test_prints_little(lab: Lab) -> None:
    """A quiet fit of a hundred rows prints next to nothing."""
    printed = seen(lab, "fitting")["printed"] / 1000
    assert printed < PRINTED_KB, f"a fit printed {printed:.0f} kB"
