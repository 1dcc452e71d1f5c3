from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest

from qualify.config import CURRENT, Config, json_schema, load
from qualify.core.budget import ErrorBudget
from qualify.core.errors import ConfigError
from qualify.core.matrix import Lane

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "docs" / "reference" / "qualify.schema.json"
GOOD = [
    "",
    "jobs = 3\ninstaller = 'pip'",
    "[target]\nname = 'x'\nrequirements = []\nextras = ['automl']",
    "[lanes]\npythons = ['current', '3.12']\nrunners = ['cpu', 'gpu']\nmodes = ['free']",
    "[errors]\nalpha = 0.01\nbeta = 0.1\nmetrics = 0.5\nfailures = 0.3",
    "[paths]\nsuites = 's'\nbaselines = 'b'\nwork = 'w'",
]
BAD = [
    "jobs = 0",
    "installer = 'conda'",
    "[target]\ncanidate = 'x'",
    "[lanes]\npythons = []",
    "[lanes]\npythons = ['2.7']",
    "[errors]\nalpha = 1.0",
    "[errors]\nalpha = 0",
    "[errors]\nbeta = 0",
    "[errors]\npooled = 1",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(text: str, **overrides: object) -> str:
    Path("qualify.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(None, overrides)
    return caught.value.message


def test_defaults_need_no_file(folder):
    """Without a file everything has its default and paths start from here."""
    config, root = load(None, {})
    assert config == Config()
    assert root == Path.cwd()


def test_the_cascade(folder):
    """The command line stands over the file, the file over the defaults; None is not given."""
    Path("qualify.toml").write_text("jobs = 3\n[target]\ncandidate = 'a==1'\nbaseline = 'a==0'")
    given = {"target.candidate": "a==2", "target.baseline": None, "jobs": None}
    config, _ = load(None, given)
    assert config.target.candidate == "a==2"
    assert config.target.baseline == "a==0"
    assert config.jobs == 3
    assert config.installer == "auto"


def test_overrides_make_tables_that_the_file_lacks(folder):
    """An option reaches a table that the file does not have."""
    assert load(None, {"paths.work": "/w"})[0].paths.work == "/w"


def test_the_table_in_pyproject(folder):
    """`[tool.qualify]` serves where there is no qualify.toml; without it the file is not ours."""
    Path("pyproject.toml").write_text("[project]\nname = 'x'")
    assert load(None, {})[0] == Config()
    Path("pyproject.toml").write_text("[tool.qualify.target]\nname = 'mine'")
    assert load(None, {})[0].target.name == "mine"
    Path("qualify.toml").write_text("[target]\nname = 'own'")
    assert load(None, {})[0].target.name == "own"


def test_paths_start_from_the_file(folder):
    """A file elsewhere makes its folder the root."""
    path = folder / "deep" / "qualify.toml"
    path.parent.mkdir()
    path.write_text("")
    assert load(path, {})[1] == path.parent.resolve()


def test_a_typo_is_answered_with_the_nearest_key(folder):
    """An unknown key names its table and the key that was meant."""
    assert "target.canidate: " in refused("[target]\ncanidate = 'x'")
    assert "did you mean 'candidate'?" in refused("[target]\ncanidate = 'x'")
    assert "did you mean 'lanes'?" in refused("[lane]\nmodes = []")


def test_all_mistakes_at_once(folder):
    """Every mistake is one line, none hides another."""
    message = refused("jobs = 0\ninstall = 1\n[errors]\nalpha = 2\n[lanes]\nrunners = ['tpu']")
    for where in ("jobs:", "install:", "errors.alpha:", "lanes.runners.0:"):
        assert where in message
    assert "qualify.toml" in message.splitlines()[0]


@pytest.mark.parametrize("key", ["alpha", "beta", "metrics", "failures", "variance", "pooled"])
@pytest.mark.parametrize("value", [0, 1, -0.1, 1.5, "nan"])
def test_an_error_of_nothing_or_of_all_is_refused(folder, key, value):
    """A rate of 0 would never decide and a rate of 1 always: the key is named."""
    assert f"errors.{key}: " in refused(f"[errors]\n{key} = {value}")


def test_shares_that_exceed_the_budget_are_refused(folder):
    """Parts of alpha that sum to more than all of it spend what is not there."""
    message = refused("[errors]\nmetrics = 0.9\nfailures = 0.3")
    assert "errors: " in message
    assert "the parts of alpha sum to 1.4; they must not exceed 1" in message
    load(None, {"errors.metrics": 0.5, "errors.failures": 0.3})


def test_the_error_budget_is_what_the_file_says(folder):
    """Defaults and settings arrive in the budget that a plan keeps."""
    assert Config().errors.budget() == ErrorBudget()
    Path("qualify.toml").write_text("[errors]\nalpha = 0.01\nmetrics = 0.5\npooled = 0.2")
    config, _ = load(None, {})
    assert config.errors.budget() == ErrorBudget(alpha=0.01, metrics=0.5, pooled=0.2)


def test_a_table_given_as_a_value(folder):
    """A key that is a table cannot be a word, and says so without a traceback."""
    assert "target" in refused("target = 'flaml'")


def test_an_override_into_what_is_no_table(folder):
    """An option whose table the file wrote as a word is a mistake of the file."""
    assert "target" in refused("target = 'flaml'", **{"target.candidate": "x==1"})


def test_broken_toml_names_the_line(folder):
    """A file that is no TOML or no text is named with the place."""
    assert "line 2" in refused("jobs = 1\njobs jobs")
    Path("qualify.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(ConfigError, match="utf-8"):
        load(None, {})


def test_a_named_file_must_be_there(folder):
    """A configuration file that was asked for is not replaced by defaults."""
    with pytest.raises(ConfigError, match="there is no configuration file"):
        load(Path("other.toml"), {})


def test_lanes_are_every_combination():
    """The axes multiply, and `current` is the python that runs."""
    lanes = Config.model_validate({"lanes": {"pythons": ["current", "3.99"]}}).lanes.all()
    assert lanes == tuple(Lane(p, "cpu", m) for p in (CURRENT, "3.99") for m in ("locked", "free"))


def test_the_shipped_schema_is_current():
    """docs/reference/qualify.schema.json is what `qualify schema` prints."""
    assert SHIPPED.read_text(encoding="utf-8") == json_schema()


@pytest.mark.parametrize("text", [*GOOD, (REPOSITORY / "qualify.toml").read_text()])
def test_the_schema_takes_what_the_harness_takes(text):
    """A valid file validates against the shipped schema."""
    table = tomllib.loads(text)
    Config.model_validate(table)
    jsonschema.validate(table, json.loads(SHIPPED.read_text()))


@pytest.mark.parametrize("text", BAD)
def test_the_schema_refuses_what_the_harness_refuses(text, folder):
    """A wrong file is refused by an editor with the schema as by the harness."""
    refused(text)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), json.loads(SHIPPED.read_text()))
