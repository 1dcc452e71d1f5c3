"""Release qualification for AutoML packages."""

from importlib.metadata import version

__version__ = version("automl-qualify")
