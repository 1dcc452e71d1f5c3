from __future__ import annotations

from dataclasses import dataclass

import pytest

from qualify.core.attempt import Attempt, Outcome, Training
from tests.unit.suites.searching import Searching

HANDLER = (
    "def end(*_): raise KeyboardInterrupt\n"
    "    if threading.current_thread() is threading.main_thread():\n"
    "        signal.signal(signal.SIGINT, end)"
)
FAULTS = {
    "leaks descriptors": (
        {"on_fit": "KEPT.append(open(os.devnull))"},
        "descriptors_are_closed",
        r"open descriptors after each fit: \[",
    ),
    "leaves threads": (
        {"on_fit": "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"},
        "threads_end",
        r"threads after each fit: \[",
    ),
    "keeps memory": (
        {"on_fit": "KEPT.append(b'x' * 4_000_000)"},
        "memory_is_given_back",
        r"each fit keeps 4\.\d MB",
    ),
    "leaves processes": (
        {"on_fit": "subprocess.Popen(['sleep', '60'])"},
        "child_processes_end",
        "child processes are left: sleep 60; sleep 60",
    ),
    "is slow on many rows": (
        {"on_fit": "burn(5e-9 * len(labels) ** 2)", "on_step": "pass"},
        "cost_grows_with_the_rows",
        r"cost grows as rows to the (1\.[6-9]|2\.)",
    ),
    "copies its table": (
        {"on_fit": "b'x' * (len(labels) * 8 * 8 * 80)"},
        "memory_grows_with_the_table",
        "the peak grew by .* for a table of 0.64 MB",
    ),
    "cannot fit twice at once": (
        {
            "on_fit": "assert not KEPT, 'busy'; KEPT.append(0); time.sleep(0.2)",
            "on_fitted": "KEPT.clear()",
        },
        "fits_side_by_side",
        "side_by_side: AssertionError: busy",
    ),
    "goes on when it is interrupted": (
        {"on_interrupt": "pass"},
        "fit_can_be_cancelled",
        "after 5 × SIGINT the fit went on for",
    ),
    "cannot fit after an interruption": (
        {"on_interrupt": "KEPT.append(0); raise", "on_fit": "y = y * (not KEPT)"},
        "process_is_usable_after_a_cancelled_fit",
        "explains .* after a fit that was cancelled",
    ),
    "takes the handler of interrupts": (
        {"on_fit": HANDLER},
        "cancelled_fit_spoils_nothing",
        "the program's handler of SIGINT is gone",
    ),
    "strews files": (
        {"on_fit": "Path('a.log').touch(); Path('b').mkdir(); Path('b/c.log').touch()"},
        "fit_leaves_one_folder_at_most",
        "leaves 2 files in its working directory: a.log, b",
    ),
    "leaves a loose file": (
        {"on_fit": "Path('a.log').touch()"},
        "fit_leaves_one_folder_at_most",
        "leaves a.log in its working directory",
    ),
    "leaves temporary files": (
        {"on_fit": "tempfile.mkstemp('.left')"},
        "fit_leaves_no_temporary_files",
        "1 temporary files are left: .*left",
    ),
    "saves half of its files at times": (
        {"on_save": "KEPT.append(0); (folder / f'part-{len(KEPT)}').touch()"},
        "equal_fits_leave_equal_files",
        "only one of two equal fits left saved/part-1, saved/part-2",
    ),
    "saves where its files are": (
        {
            "on_fitted": "np.save('weights.npy', model.weights); model.at = os.getcwd()",
            "on_load": "np.load(model.at + '/weights.npy')",
        },
        "saved_model_is_whole",
        "whole: FileNotFoundError",
    ),
    "loads what is left": (
        {
            "on_save": "(folder / 'scale').write_text('2.0')",
            "on_load": "model.weights = model.weights * (folder / 'scale').exists()",
        },
        "damaged_model_is_refused",
        "without an error, with nothing of scale",
    ),
}


def test_a_sound_package_breaks_nothing(tmp_path):
    """A search that leaves nothing behind and can be interrupted passes every check."""
    assert Searching("performance", tmp_path, {}).broken() == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_costs_or_stays_is_caught(tmp_path, fault):
    """A package that is changed in one way breaks the check that stands for it."""
    steps, name, reason = FAULTS[fault]
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(Searching("performance", tmp_path, steps).said(name))


@dataclass
class Timed(Searching):
    """Says of every training that its fit took so long."""

    seconds: float = 0.0

    def again(self, training: Training) -> Attempt:
        """Measure."""
        measured = {"fit_seconds": self.seconds}
        return Attempt(training.cell, "candidate", 0, 1, "", Outcome.OK, metrics=measured)


@pytest.mark.parametrize(
    ("seconds", "said"), [(6.0, ""), (6.1, "6.1 CPU seconds for a budget of 4")]
)
def test_a_budget_that_is_overrun(tmp_path, seconds, said):
    """A search by seconds may take half as much again, and no more."""
    lab = Timed("performance", tmp_path, {}, seconds=seconds)
    assert lab.said("respects_its_time_budget") == said
