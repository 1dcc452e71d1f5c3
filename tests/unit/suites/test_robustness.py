from __future__ import annotations

import pytest

from tests.unit.suites.laboratory import Laboratory

ANSWERS = {
    "NaN": ("p = [[float('nan')] * 3 for _ in p]", "not finite"),
    "no distribution": ("p = [[2 * v for v in row] for row in p]", "do not sum to one"),
    "negative": ("p = [[1 - row[1] + .2, row[1], -.2] for row in p]", "probabilities from -0.2"),
    "a row less": ("p = p[1:]", "52 predictions for 53 rows"),
    "an unseen label": ("p = [[*row, 0.0] for row in p]", "4 classes of 3"),
    "words": ("p = ['likely'] * len(p)", "could not convert string to float"),
    "nothing": ("p = None", "'NoneType' object is not iterable"),
}
RUDE = {
    "on_start": "os.environ['GUEST'] = 'yes'; sys.setrecursionlimit(5000)",
    "on_fit": (
        "os.chdir('/'); locale.setlocale(locale.LC_CTYPE, 'C');"
        "open(os.environ['HOME'] + '/out/elsewhere/left.txt', 'w').close();"
        "warnings.simplefilter('ignore'); signal.signal(signal.SIGINT, signal.SIG_IGN);"
        "np.random.seed(settings['seed']); sys.stdin.readline(); print('x' * 200_000);"
        "socket.create_server(('127.0.0.1', 0)).close()"
    ),
    "on_predict": "logging.basicConfig(); np.seterr(all='ignore')",
}
RUDENESS = {
    "import_leaves_the_process_as_it_was": ("GUEST=yes", "1000 became 5000"),
    "fit_leaves_the_process_as_it_was": ("working directory", "locale", "SIGINT"),
    "predict_leaves_the_process_as_it_was": ("root logger", "NumPy"),
    "silences_no_warnings": ("fitting: ignore Warning",),
    "keeps_global_generators": ("numpy.random",),
    "writes_nothing_here": ("left.txt",),
    "asks_for_nothing": ("read while fitting",),
    "starts_no_server": ("fitting: port",),
    "prints_little": ("200 kB",),
}
CARELESS = {
    "on_fit": ("labels = [v if abs(v) < 1e100 else 0.0 for v in labels]; table.iloc[0, 0] = 0.0"),
    "on_predict": (
        "if len(table) == 1: os._exit(3)\n    if len(table) == 0: raise RuntimeError('empty')"
    ),
}


def test_a_careful_package_keeps_every_promise(tmp_path):
    """A model that refuses what is wrong and answers the rest breaks no check."""
    assert Laboratory("robustness", tmp_path, {}).broken() == {}


@pytest.mark.parametrize("way", ANSWERS)
def test_predictions_that_are_none(tmp_path, way):
    """Whatever a package gives instead of probabilities, the check says what it is."""
    step, said = ANSWERS[way]
    assert said in Laboratory("robustness", tmp_path, {"on_predict": step}).said(
        "sound_probabilities"
    )


def test_a_rude_guest_is_told_from_a_good_one(tmp_path):
    """Each thing that a package does to its user's process is named by its own check."""
    rude = Laboratory("robustness", tmp_path, RUDE)
    for name, telling in RUDENESS.items():
        said = rude.said(name)
        assert [word for word in telling if word not in said] == [], f"{name}: {said}"


def test_who_only_binds_a_port_is_no_server(tmp_path):
    """A package may bind a port to learn what the machine can; it serves once it listens."""
    asks = {"on_fit": "with socket.socket() as one: one.bind(('127.0.0.1', 0))"}
    assert Laboratory("robustness", tmp_path, asks).said("starts_no_server") == ""


def test_a_careless_package_is_found_out(tmp_path):
    """Crashes, undocumented errors, silent nonsense and changed input are told apart."""
    careless = Laboratory("robustness", tmp_path, CARELESS)
    assert "crashed" in careless.said("single_row")
    assert "RuntimeError: empty" in careless.said("empty_table")
    assert "no documented error but" in careless.said("refuses_infinite_targets")
    assert "the data were changed" in careless.said("keeps_the_training_data")
    assert careless.said("lost_column") == ""
