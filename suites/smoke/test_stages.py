"""The stages before everything else: a broken build is red within a minute."""

from qualify.suite import Lab, check

EVERYWHERE = ("*",)


@check(stage="build", owner="release", practice=("Infra 3",))
def test_build(lab: Lab) -> None:
    """The source gives a wheel through the standard front end."""
    lab.built()


@check(stage="install", owner="release", lanes=EVERYWHERE, practice=("Infra 6", "Monitor 1"))
def test_install(lab: Lab) -> None:
    """The wheel installs with its dependencies into a clean environment."""
    lab.installed()


@check(stage="import", owner="release", lanes=EVERYWHERE, practice=("Infra 6", "Monitor 1"))
def test_import(lab: Lab) -> None:
    """The package imports in its own environment."""
    lab.imports()


@check(
    stage="smoke",
    owner="release",
    lanes=EVERYWHERE,
    dataset="tiny",
    task="multiclass",
    share=0.25,
    practice=("Infra 3", "Infra 6"),
)
def test_smoke(lab: Lab) -> None:
    """A minimal search fits, predicts and saves."""
    assert lab.train().metrics["accuracy"] > 0.5
