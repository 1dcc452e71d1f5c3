"""What a package may promise through its adapter: the words of `HONOURS` and of `needs`."""

from __future__ import annotations

PROMISES = {
    "seed": "another seed gives another model",
    "repeats": "the same seed gives the same predictions",
    "iterations": "a search can be bounded by iterations",
    "seconds": "a search can be bounded by seconds",
    "threads": "the number of threads can be set",
    "estimators": "a search can be limited to families of estimators",
    "weights": "training rows can be weighted",
    "categories": "text categories are taken as they are, unseen ones are predicted",
    "missing": "missing values are taken as they are",
    "text": "columns of text are taken as they are",
    "dates": "columns of dates are taken as they are",
    "numpy": "NumPy arrays are tables, too",
    "polars": "Polars frames are tables, too",
    "sparse": "SciPy's sparse matrices are tables, too",
    "column_order": "columns are matched by name at prediction",
    "extra_columns": "columns that training did not have are ignored at prediction",
    "resume": "fitting can go on from a fitted model",
    "threadsafe": "one model can predict in several threads at once",
    "gpu": "a search can use a GPU",
    "versions": "models that neighbouring releases saved are loaded",
    "inference": "a smaller environment suffices to load and predict",
}
