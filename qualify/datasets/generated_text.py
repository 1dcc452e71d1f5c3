"""Generated data with a column of free text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualify.datasets.card import dataset
from qualify.datasets.generated_signals import answers

if TYPE_CHECKING:
    import numpy as np

    from qualify.datasets.card import Frame

_GOOD = ("excellent", "friendly", "fast", "solid", "lovely", "recommended", "bargain", "perfect")
_BAD = ("broken", "late", "rude", "flimsy", "refund", "disappointing", "noisy", "useless")
_PLAIN = ("the", "order", "arrived", "box", "colour", "blue", "we", "bought", "it", "in", "May",
          "for", "our", "kitchen", "shop", "and", "delivery", "was", "a", "lamp")  # fmt: skip


@dataset("binary", text=("review",), slices=("language",))
def text() -> Frame:
    """Reviews of a shop: three of the words tell whether the customer was content."""
    import numpy as np
    import pandas as pd

    rng = np.random.RandomState(305)
    content = rng.randint(0, 2, 700)
    features = pd.DataFrame(
        {
            "review": [_review(rng, _GOOD if c else _BAD) for c in content],
            "language": [("en", "en-GB", "en-AU")[i] for i in rng.randint(0, 3, 700)],
            "stars_of_others": rng.uniform(1, 5, 700).round(1),
        }
    )
    features["review"] = features["review"].mask(rng.random_sample(700) < 0.03)
    return features, answers(content)


def _review(rng: np.random.RandomState, telling: tuple[str, ...]) -> str:
    plain = [_PLAIN[i] for i in rng.randint(0, len(_PLAIN), rng.randint(6, 20))]
    other = _BAD if telling is _GOOD else _GOOD
    words = [*plain, other[rng.randint(0, 8)], *(telling[i] for i in rng.randint(0, 8, 3))]
    return " ".join(words[i] for i in rng.permutation(len(words))).capitalize() + "."
