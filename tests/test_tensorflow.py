import gc
import os
import subprocess
import sys
import threading
import time

import joblib
import pytest
from conftest import assert_same_network
from sklearn.base import clone

from skdigits import DigitMLPClassifier
from skdigits._network._tensorflow import (
    garbage_left_alone,
    load_tensorflow,
    quiet_stderr,
)
from skdigits._training._program import _compiled_program

CHATTER = [
    "I0000 00:00:1795386611.327162    2361 cudart_stub.cc:31] Could not find cuda",
    "2026-11-22 22:49:09.020984: I tensorflow/compiler/mlir/dump_mlir_util.cc:268] x",
    "E0000 00:00:1795386616.563922    2361 cuda_platform.cc:52] failed call to cuInit:",
]


def write_to_stderr(text):
    os.write(2, (text + "\n").encode())


def test_messages_of_the_cpp_logger_are_dropped(capfd):
    with quiet_stderr():
        for line in CHATTER:
            write_to_stderr(line)
    assert capfd.readouterr().err == ""


def test_everything_else_is_passed_on(capfd):
    with quiet_stderr():
        write_to_stderr("a warning of somebody else's")
        print("from Python", file=sys.stderr)
        thread = threading.Thread(target=write_to_stderr, args=["from a thread"])
        thread.start()
        thread.join()
    err = capfd.readouterr().err
    assert "a warning of somebody else's\n" in err
    assert "from Python\n" in err
    assert "from a thread\n" in err


def test_standard_error_is_restored_after_an_error(capfd):
    try:
        with quiet_stderr():
            raise KeyError
    except KeyError:
        pass
    write_to_stderr(CHATTER[0])
    assert capfd.readouterr().err == CHATTER[0] + "\n"


def test_an_application_without_python_gets_the_messages(capfd, monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with quiet_stderr():
        write_to_stderr(CHATTER[0])
    assert capfd.readouterr().err == CHATTER[0] + "\n"


def test_a_process_whose_python_has_no_standard_error_is_quiet_too(capfd, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with quiet_stderr():
        write_to_stderr(CHATTER[0])
    assert capfd.readouterr().err == ""


def test_messages_before_a_process_dies_appear(tmp_path):
    code = """
import os
from skdigits._network._tensorflow import quiet_stderr
with quiet_stderr():
    os.write(2, b"F0000 00:00:1795386611.3 2361 cpu_guard.cc:31] no AVX here\\n")
    os.abort()
"""
    with open(tmp_path / "stderr", "wb") as stderr:
        subprocess.run([sys.executable, "-c", code], stderr=stderr)
    deadline = time.monotonic() + 60
    while not (told := (tmp_path / "stderr").read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "no AVX here" in told


def test_tensorflows_log_level_stays_what_it_was():
    before = os.environ.get("TF_CPP_MIN_LOG_LEVEL")
    load_tensorflow()
    assert os.environ.get("TF_CPP_MIN_LOG_LEVEL") == before


@pytest.mark.slow
def test_a_process_without_standard_error_can_fit():
    code = (
        "import os; os.close(2); from sklearn.datasets import load_digits;"
        "from skdigits import *;"
        "DigitMLPClassifier(epochs=1).fit(*load_digits(return_X_y=True)); print('ok')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300
    )
    assert done.stdout == "ok\n"


@pytest.mark.parametrize("change", [gc.enable, gc.disable])
def test_garbage_collection_is_suspended_and_then_restored(change):
    change()
    before = gc.isenabled()
    try:
        with garbage_left_alone():
            assert not gc.isenabled()
        assert gc.isenabled() == before
    finally:
        gc.enable()


@pytest.mark.skipif(
    gc.get_freeze_count() > 0, reason="Python 3.12 starts with objects frozen"
)
def test_objects_made_meanwhile_are_in_the_oldest_generation():
    with garbage_left_alone():
        made = [[]]
    assert any(made is old for old in gc.get_objects(generation=2))
    assert gc.get_freeze_count() == 0


def test_objects_that_the_user_has_frozen_stay_frozen(run_python):
    code = """
import gc
from skdigits._network._tensorflow import garbage_left_alone
gc.freeze()
frozen = gc.get_freeze_count()
with garbage_left_alone():
    pass
assert gc.get_freeze_count() == frozen > 0
"""
    run_python("-c", code)  # here, the threads of the test run delete frozen objects


# Settings of TensorFlow's that a user may have made before the first fit.
SETTINGS = {
    "check numerics": "tf.debugging.enable_check_numerics()",
    "eager functions": "tf.config.run_functions_eagerly(True)",
    "deterministic": "tf.config.experimental.enable_op_determinism()",
    "asynchronous": "tf.config.experimental.set_synchronous_execution(False)",
    "float16": "tf.keras.config.set_floatx('float16')",
    "a seed": "tf.keras.utils.set_random_seed(3)",
    "tf 1": "tf.compat.v1.disable_v2_behavior()",
}


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_a_first_fit_has_the_same_bits_whatever_tensorflows_settings(
    fitted, run_python, setting
):
    code = f"import tensorflow as tf\n{setting}\n{FIT_AND_PRINT_HASH}"
    printed = run_python("-c", code).stdout.split()[-1]
    assert printed == joblib.hash([fitted.coefs_, fitted.intercepts_])


FIT_AND_PRINT_HASH = """
import joblib
import numpy as np
from sklearn.datasets import load_digits
from skdigits import DigitMLPClassifier

X, y = load_digits(return_X_y=True)
clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X.astype(np.uint8), y)
print(joblib.hash([clf.coefs_, clf.intercepts_]))
"""


@pytest.mark.parametrize(
    ("setting", "undo"),
    [
        (
            lambda tf: tf.debugging.enable_check_numerics(),
            lambda tf: tf.debugging.disable_check_numerics(),
        ),
        (
            lambda tf: tf.config.run_functions_eagerly(True),
            lambda tf: tf.config.run_functions_eagerly(False),
        ),
    ],
    ids=["check numerics", "eager functions"],
)
def test_a_program_is_compiled_under_settings_of_its_own(digits, setting, undo):
    tf, _ = load_tensorflow()
    clf = DigitMLPClassifier((7,), epochs=1, random_state=0).fit(*digits)
    _compiled_program.cache_clear()
    setting(tf)
    try:
        again = clone(clf).fit(*digits)
    finally:
        undo(tf)
    assert_same_network(clf, again)


def test_without_tensorflows_private_callable_a_fit_has_the_same_bits(
    digits, monkeypatch
):
    tf, _ = load_tensorflow()
    clf = DigitMLPClassifier((7,), epochs=1, random_state=0).fit(*digits)
    _compiled_program.cache_clear()
    owner = tf.compat.v1.Session.__mro__[1]
    monkeypatch.delattr(owner, "_make_callable_from_options")
    again = clone(clf).fit(*digits)
    _compiled_program.cache_clear()
    assert_same_network(clf, again)


def test_a_fit_needs_no_process_that_filters_messages(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with quiet_stderr():
        pass
