from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from qualify import running
from qualify.core.attempt import Attempt, Outcome, Training
from qualify.core.canary import Limits
from qualify.core.candidate import Environment
from qualify.core.errors import InfrastructureError
from qualify.running.training import LocalTrainer
from tests.fakes import LANE, OneDataset, build, canary

ADAPTER = """
import json, math, os, sys, time

{prologue}

def start():
    pass

def table(columns):
    return columns

def fit(columns, labels, settings):
    {on_fit}
    return {{"seed": settings["seed"], "labels": labels}}

def predict(model, columns, task):
    {on_predict}
    return [[0.75, 0.25], [0.25, 0.75]]

def save(model, folder):
    (folder / "model.json").write_text(json.dumps(model))

def load(folder):
    return json.loads((folder / "model.json").read_text())
"""
HERE = Environment(str(LANE), sys.executable, "3.11", "sha-candidate", (), (), "uv")
LIMITS = Limits(wall_s=60)
PREDICTED = '{"ok": true, "cpu": {"import": 0, "predict": 0}, "peak_rss_mb": 1, "timed_rows": 0}'


def trainer(folder: Path, verify=lambda *_: None, **steps: str) -> LocalTrainer:
    texts = {"prologue": "", "on_fit": "pass", "on_predict": "pass", **steps}
    path = folder / "adapter.py"
    path.write_text(ADAPTER.format(**texts))
    return LocalTrainer(folder / "build", path, OneDataset(), verify)


def training(**changes: object) -> Training:
    of = canary(task="binary", limits=LIMITS)
    return replace(Training("quality/wine@py311-cpu-locked", "candidate", of), **changes)


def train(folder: Path, what: Training | None = None, **steps: str) -> Attempt:
    return trainer(folder, **steps).train(what or training(), build(), HERE)


def test_a_training_that_succeeds(tmp_path):
    """Metrics are the harness's, from predictions and labels; what was spent is measured."""
    attempt = train(tmp_path, training(seed=3, number=2))
    assert (attempt.outcome, attempt.message) == (Outcome.OK, "")
    assert (attempt.seed, attempt.number, attempt.arm) == (3, 2, "candidate")
    assert attempt.metrics["log_loss"] == pytest.approx(0.287682, abs=1e-6)
    resources = {"fit_seconds", "predict_seconds_per_1000_rows", "peak_rss_mb", "import_seconds"}
    assert resources | {"model_size_mb", "accuracy", "auc"} <= set(attempt.metrics)
    assert attempt.cpu_s > 0
    assert attempt.data == OneDataset().split("wine", 3).digest
    assert (tmp_path / "build" / attempt.log).is_file()


def test_the_candidate_never_sees_the_labels(tmp_path):
    """Of the test set a training is given the columns, whatever it looks at."""
    spy = "open('seen', 'w').write(''.join(open(f).read() for f in ('test.json', 'request.json')))"
    attempt = train(tmp_path, on_fit=spy)
    seen = ((tmp_path / "build" / attempt.log).parent / "seen").read_text()
    assert '"columns"' in seen
    assert "labels" not in seen


WAYS = {
    "raises": ({"on_fit": "raise ValueError('no')"}, Outcome.ERROR, "ValueError: no"),
    "raises half a letter": ({"on_fit": "raise ValueError(chr(0xdcff))"}, Outcome.ERROR, "?"),
    "exits": ({"on_fit": "sys.exit(0)"}, Outcome.CRASHED, "exit code 0"),
    "leaves": ({"on_fit": "os._exit(7)"}, Outcome.CRASHED, "exit code 7"),
    "is killed": ({"on_fit": "os.kill(os.getpid(), 9)"}, Outcome.CRASHED, "signal 9"),
    "does not load": ({"prologue": "import nothing_like_it"}, Outcome.ERROR, "nothing_like_it"),
    "no table": ({"on_predict": "return 'x'"}, Outcome.INVALID, "InvalidPredictions"),
    "NaN": ({"on_predict": "return [[math.nan] * 2] * 2"}, Outcome.INVALID, "not finite"),
    "too few": ({"on_predict": "return [[0.5, 0.5]]"}, Outcome.INVALID, "shape"),
    "no JSON": ({"on_predict": "return object()"}, Outcome.ERROR, "TypeError"),
    "a deep answer": (
        {"on_predict": "x = []; [x := [x] for _ in range(900)]; return x"},
        Outcome.INVALID,
        "InvalidPredictions",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_end_is_an_outcome(tmp_path, way):
    """However a training ends, there is an attempt that says how, with a signature."""
    steps, outcome, said = WAYS[way]
    attempt = train(tmp_path, **steps)
    assert (attempt.outcome, attempt.predictions) == (outcome, None)
    assert said in attempt.message
    assert attempt.signature
    assert f"{attempt}".encode()


def test_limits_are_outcomes(tmp_path):
    """Time and memory that run out are told apart, with the limit that was reached."""
    short = canary(task="binary", limits=Limits(wall_s=2))
    late = train(tmp_path, training(canary=short), on_fit="time.sleep(600)")
    assert (late.outcome, "limit of 2 s" in late.message) == (Outcome.TIMEOUT, True)
    small = canary(task="binary", limits=Limits(wall_s=60, memory_mb=300))
    hungry = "b = bytearray(500_000_000); time.sleep(600)"
    big = train(tmp_path, training(canary=small), on_fit=hungry)
    assert (big.outcome, "limit of 300 MB" in big.message) == (Outcome.MEMORY, True)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("{}", Outcome.ERROR),
        ("[]", Outcome.CRASHED),
        ("3", Outcome.CRASHED),
        ("nonsense", Outcome.CRASHED),
        ('{"ok": true}', Outcome.INVALID),
        ('{"ok": true, "cpu": 3, "peak_rss_mb": 1}', Outcome.INVALID),
        ('{"ok": true, "cpu": {"import": "x"}, "peak_rss_mb": 1}', Outcome.INVALID),
        ('{"ok": true, "cpu": {"import": NaN}, "peak_rss_mb": 1}', Outcome.INVALID),
        ('{"ok": true, "cpu": {"import": 0}, "peak_rss_mb": Infinity}', Outcome.INVALID),
        (PREDICTED, Outcome.INVALID),
        ('{"ok": true, "cpu": {"import": 999}, "peak_rss_mb": 1}', Outcome.INVALID),
    ],
)
def test_a_forged_result_is_no_result(tmp_path, answer, outcome):
    """A result that the candidate wrote itself counts for nothing, whatever shape it has."""
    forge = "open('out/predictions.json', 'w').write('[[1, 0], [0, 1]]');"
    forge += f"open('out/result.json', 'w').write({answer!r}); os._exit(0)"
    assert train(tmp_path, on_fit=forge).outcome is outcome


def test_equal_failures_have_equal_signatures(tmp_path):
    """The same error at the same place is the same signature, another one is not."""
    seeds = [training(seed=0), training(seed=1)]
    one, two = (train(tmp_path, t, on_fit="raise ValueError(settings['seed'])") for t in seeds)
    other = train(tmp_path, seeds[0], on_fit="raise KeyError('x')")
    assert one.signature == two.signature != other.signature


def test_a_log_has_its_last_lines(tmp_path):
    """What a failed training said last is in the attempt, cut to size, whatever bytes it was."""
    shout = "[print('line', i) for i in range(99)]; sys.stdout.flush(); os.write(1, b'\\xff' * 900)"
    attempt = train(tmp_path, on_fit=f"{shout}; os._exit(1)")
    assert len(attempt.log_tail) == 20
    assert "line 98" in attempt.log_tail
    assert max(map(len, attempt.log_tail)) <= 400


def test_a_saved_model_is_reloaded(tmp_path):
    """A reload predicts from what the fit saved, in a process that fits nothing."""
    made = trainer(tmp_path)
    fitted = made.train(training(), build(), HERE)
    again = training(reload=str(Path(fitted.log).parent / "out" / "model"), action="reload")
    loaded = made.train(again, build(), HERE)
    assert loaded.predictions == fitted.predictions
    assert "fit_seconds" not in loaded.metrics
    gone = training(reload="nowhere", action="reload")
    assert made.train(gone, build(), HERE).outcome is Outcome.ERROR


def test_an_import_is_timed_alone(tmp_path):
    """Importing needs no data and gives import seconds and memory."""
    attempt = train(tmp_path, training(action="import"))
    assert attempt.ok
    assert set(attempt.metrics) == {"import_seconds", "peak_rss_mb"}
    assert attempt.data == ""


def test_spoilt_labels_arrive_as_nan(tmp_path):
    """A check of wrong input gives the candidate NaN labels."""
    step = "assert all(math.isnan(y) for y in labels); raise ValueError('refused')"
    attempt = train(tmp_path, training(labels="nan"), on_fit=step)
    assert (attempt.outcome, attempt.message) == (Outcome.ERROR, "ValueError: refused")


def test_tidying_keeps_log_and_predictions(tmp_path):
    """Data and model of a training are dropped, what a reader may ask for stays."""
    made = trainer(tmp_path)
    attempt = made.train(training(), build(), HERE)
    room = (tmp_path / "build" / attempt.log).parent
    made.tidy(attempt)
    left = {str(p.relative_to(room)) for p in room.rglob("*") if p.is_file()}
    assert {"log.txt", "request.json", "out/predictions.json", "out/result.json"} <= left
    assert not {"train.json", "test.json", "out/model/model.json"} & left


def test_a_digest_names_what_goes_in(tmp_path):
    """Seed, budget, limits, options, adapter and environment make another training."""
    made = trainer(tmp_path)
    base = made.digest(training(), HERE)
    assert made.digest(training(arm="baseline", number=2, cell="x"), HERE) == base
    others = [
        training(seed=1),
        training(action="import"),
        training(labels="nan"),
        training(canary=canary(task="binary", limits=LIMITS, options={"a": 1})),
        training(canary=canary(task="binary")),
    ]
    names = {made.digest(t, HERE) for t in others}
    names |= {made.digest(training(), replace(HERE, wheel_sha256="x"))}
    names |= {made.digest(training(), replace(HERE, lock=("a==2",)))}
    names |= {trainer(tmp_path, on_fit="1").digest(training(), HERE)}
    assert len(names - {base}) == 8


def test_the_environment_is_verified_before_every_training(tmp_path):
    """Where the environment is not what was built, nothing is trained and the runner is blamed."""

    def wrong(*_: object) -> None:
        raise InfrastructureError("another wheel")

    attempt = trainer(tmp_path, verify=wrong).train(training(), build(), HERE)
    assert (attempt.outcome, attempt.message) == (Outcome.INFRA, "another wheel")
    assert not (tmp_path / "build").exists()


def test_a_python_that_cannot_start_is_the_runners(tmp_path):
    """What the machine cannot do is an infrastructure failure with the reason."""
    gone = replace(HERE, python=str(tmp_path / "no-python"))
    attempt = trainer(tmp_path).train(training(), build(), gone)
    assert attempt.outcome is Outcome.INFRA
    assert "no-python" in attempt.message


def test_a_request_is_what_the_trainer_reads(tmp_path):
    """Seed, threads, budget and options arrive at the adapter."""
    of = canary(task="binary", limits=replace(LIMITS, threads=2), options={"depth": 3})
    step = "open('settings', 'w').write(json.dumps(settings))"
    attempt = train(tmp_path, training(canary=of, seed=5), on_fit=step)
    room = (tmp_path / "build" / attempt.log).parent
    assert json.loads((room / "settings").read_text()) == {
        "task": "binary",
        "seed": 5,
        "threads": 2,
        "iterations": 1,
        "seconds": None,
        "options": {"depth": 3},
        "weights": None,
    }


def test_the_hash_seed_is_what_is_asked_for(tmp_path):
    """Two trainings with one hash seed order sets alike, whatever process they are."""
    step = "open('hash', 'w').write(str(hash('a word')))"

    def seen(hash_seed: int, number: int) -> str:
        asked = training(hash_seed=hash_seed, number=number)
        attempt = train(tmp_path, asked, on_fit=step)
        return ((tmp_path / "build" / attempt.log).parent / "hash").read_text()

    assert seen(0, 1) == seen(0, 2)
    assert seen(0, 3) != seen(7, 1)


def test_a_training_does_not_see_the_harness(tmp_path):
    """The folder of the trainer is on no path, so its modules hide none of the candidate's."""
    step = "open('path', 'w').write(json.dumps(sys.path))"
    attempt = train(tmp_path, on_fit=step)
    path = json.loads(((tmp_path / "build" / attempt.log).parent / "path").read_text())
    assert str(Path(running.__file__).parent) not in path
