"""A search that trains nothing: a ValueError in 2.1.2; from 2.2.0 on it predicts None."""

import numpy as np
from flaml import AutoML

rng = np.random.RandomState(0)
model = AutoML()
one_class = np.zeros(60, dtype=int)
model.fit(rng.rand(60, 3), one_class, task="classification", max_iter=4, time_budget=-1, verbose=0)
print(model.predict_proba(rng.rand(2, 3)))
