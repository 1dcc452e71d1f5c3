"""The 28 tests of the ML Test Score: what a check or a canary gives evidence for.

Breck, Cai, Nielsen, Salib, Sculley: The ML Test Score: A Rubric for ML Production Readiness and
Technical Debt Reduction. IEEE Big Data 2017.
"""

from __future__ import annotations

from qualify.core.errors import SuiteError, nearest

_TITLES = {
    "Data": (
        "Feature expectations are captured in a schema",
        "All features are beneficial",
        "No feature's cost is too much",
        "Features adhere to meta-level requirements",
        "The data pipeline has appropriate privacy controls",
        "New features can be added quickly",
        "All input feature code is tested",
    ),
    "Model": (
        "Every model specification undergoes a code review",
        "Offline proxy metrics correlate with actual online impact",
        "All hyperparameters have been tuned",
        "The impact of model staleness is known",
        "A simpler model is not better",
        "Model quality is sufficient on all important data slices",
        "The model has been tested for considerations of inclusion",
    ),
    "Infra": (
        "Training is reproducible",
        "Model specification code is unit tested",
        "The full ML pipeline is integration tested",
        "Model quality is validated before attempting to serve it",
        "The model allows debugging by observing step-by-step computation",
        "Models are tested via a canary process before they enter production serving",
        "Models can be quickly and safely rolled back to a previous serving version",
    ),
    "Monitor": (
        "Dependency changes result in notification",
        "Data invariants hold in training and serving inputs",
        "Training and serving features compute the same values",
        "Models are not too stale",
        "The model is numerically stable",
        "The model has not experienced regressions in training speed, serving latency, throughput, or RAM usage",  # noqa: E501
        "The model has not experienced a regression in prediction quality on served data",
    ),
}
PRACTICES = {
    f"{section} {number}": title
    for section, titles in _TITLES.items()
    for number, title in enumerate(titles, start=1)
}


def known(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names; raises SuiteError for one that is no test of the rubric."""
    for name in names:
        if name not in PRACTICES:
            raise SuiteError(f"unknown practice {name!r}", nearest(name, PRACTICES))
    return names
