"""Generated data with categories: few and many, seen and unseen, beside other kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualify.datasets.card import dataset
from qualify.datasets.generated_dates import days
from qualify.datasets.generated_signals import answers

if TYPE_CHECKING:
    from qualify.datasets.card import Frame

STRONG = ("strong_signal",)


@dataset("binary", slices=("plan", "device"))
def categorical() -> Frame:
    """Three columns of categories and two numbers; `city` acts other than in its order."""
    import numpy as np
    import pandas as pd

    rng = np.random.RandomState(13)
    rows = 900
    city = rng.randint(0, 12, rows)
    plan = rng.randint(0, 4, rows)
    device = rng.randint(0, 3, rows)
    age, use = rng.normal(40, 12, rows).round(1), rng.gamma(2.0, 3.0, rows).round(2)
    effect = np.array([2, -2, 1, -1, 2, -2, 0, 1, -1, 2, -2, 0])[city]
    score = effect + 0.9 * (plan == 2) - 0.7 * (device == 1) + 0.03 * (age - 40) + 0.1 * use - 0.6
    target = (score + rng.logistic(0, 0.7, rows) > 0).astype(int)
    features = pd.DataFrame(
        {
            "city": [f"city-{c}" for c in city],
            "plan": [("free", "basic", "pro", "team")[p] for p in plan],
            "device": [("phone", "desktop", "tablet")[d] for d in device],
            "age": age,
            "use": use,
        }
    )
    return features, pd.Series(target)


@dataset("regression", slices=("channel",))
def high_cardinality() -> Frame:
    """Six hundred products, most of them seldom: some are only in the test rows."""
    import numpy as np
    import pandas as pd

    rng = np.random.RandomState(301)
    product = np.floor(600 * rng.random_sample(1500) ** 2).astype(int)
    channel = rng.randint(0, 3, 1500)
    price = rng.uniform(1, 20, 1500).round(2)
    features = pd.DataFrame(
        {
            "product": [f"product-{p}" for p in product],
            "channel": [("shop", "web", "phone")[c] for c in channel],
            "price": price,
        }
    )
    effect = rng.normal(0, 3, 600)[product] + np.array([0.0, 2.0, -2.0])[channel]
    return features, answers(30 - 1.2 * price + effect + rng.normal(0, 1, 1500))


@dataset("regression", split="grouped", group_by=("store",), slices=("format",), marks=STRONG)
def new_stores() -> Frame:
    """Sales of stores that training never saw: the split keeps a store on one side."""
    import numpy as np
    import pandas as pd

    rng = np.random.RandomState(302)
    store = np.repeat(np.arange(60), 15)
    form, area = rng.randint(0, 3, 60), rng.uniform(2, 20, 60).round(1)
    staff = rng.randint(2, 12, 900)
    features = pd.DataFrame(
        {
            "store": [f"store-{s}" for s in store],
            "format": [("kiosk", "market", "mall")[f] for f in form[store]],
            "area": area[store],
            "staff": staff.astype(float),
        }
    )
    sales = 3 * area[store] * (1 + form[store]) + 4 * staff + rng.normal(0, 4, 900)
    return features, answers(sales)


@dataset("binary", slices=("plan",), marks=STRONG)
def mixed() -> Frame:
    """Numbers, categories, a switch and a date, with gaps in each kind but the switch."""
    import numpy as np
    import pandas as pd

    rng = np.random.RandomState(303)
    plan, active = rng.randint(0, 3, 900), rng.randint(0, 2, 900)
    amount, calls = rng.gamma(2.0, 20.0, 900).round(2), rng.poisson(3, 900)
    since = days("2021-01-01", rng.randint(0, 1000, 900))
    score = 2.5 * (plan == 2) + 3 * active - 0.08 * amount + 0.8 * calls - 2
    features = pd.DataFrame(
        {
            "amount": amount,
            "calls": calls.astype(float),
            "plan": pd.Series([("free", "basic", "pro")[p] for p in plan], dtype=object),
            "active": active == 1,
            "since": since,
        }
    )
    for name in ("amount", "plan", "since"):
        features[name] = features[name].mask(rng.random_sample(900) < 0.05)
    return features, answers(score + rng.logistic(0, 0.4, 900) > 0)
