"""Save a model with one release (`save`), and load it with the one before (`load`)."""

import pickle
import sys
from pathlib import Path

import numpy as np
from flaml import AutoML

rng = np.random.RandomState(0)
place = Path("model.pkl")
if sys.argv[1] == "save":
    model = AutoML()
    settings = {"task": "regression", "estimator_list": ["lgbm"], "max_iter": 3, "time_budget": -1}
    model.fit(rng.rand(60, 3), rng.rand(60), **settings, verbose=0)
    place.write_bytes(pickle.dumps(model))
else:
    print(pickle.loads(place.read_bytes()))  # noqa: S301  (its own file)
