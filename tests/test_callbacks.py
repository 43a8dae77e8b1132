"""scikit-learn's callbacks, in the versions that have them."""

import pickle

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.fixes import parse_version

from skdigits import CenterDigit, DigitMLPClassifier, Flatten, StraightenDigit

HAS_CALLBACKS = parse_version(sklearn.__version__) >= parse_version("1.9")


class Recorder:
    """Records the calls, and can request a stop after an epoch."""

    def __init__(self, stop_after=None):
        self.stop_after = stop_after
        self.log = []
        self.scores = []
        self.metadata = []

    def setup(self, estimator, context):
        self.log.append("setup")

    def teardown(self, estimator, context):
        self.log.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.log.append(f"begin {context.task_name} {context.task_id}")

    def on_fit_task_end(
        self,
        estimator,
        context,
        *,
        X=None,
        y=None,
        metadata=None,
        fitted_estimator=None,
    ):
        self.log.append(f"end {context.task_name} {context.task_id}")
        self.metadata.append(metadata)
        if context.task_name == "epoch":
            self.scores.append(fitted_estimator.score(X, y))
        return context.task_name == "epoch" and context.task_id == self.stop_after


class Checkpoint(Recorder):
    """Keeps the estimator of the first epoch, as a pickle."""

    saved = None

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        if self.saved is None and context.task_name == "epoch":
            self.saved = pickle.dumps(fitted_estimator)


@pytest.mark.parametrize("estimator", [DigitMLPClassifier(), Flatten(), CenterDigit()])
def test_callbacks_can_be_set_if_scikit_learn_has_them(estimator):
    assert hasattr(estimator, "set_callbacks") == HAS_CALLBACKS


if HAS_CALLBACKS:
    from sklearn.callback import ProgressBar, ScoringMonitor

    @pytest.fixture
    def recorded(digits):
        recorder = Recorder()
        clf = DigitMLPClassifier(epochs=3, random_state=0).set_callbacks(recorder)
        return clf.fit(*digits), recorder

    @pytest.mark.parametrize("method", ["fit", "fit_transform"])
    def test_a_fit_of_a_step_is_a_task(digits, method):
        recorder = Recorder()
        step = StraightenDigit().set_callbacks(recorder)
        getattr(step, method)(digits[0][:5].reshape(-1, 8, 8))
        assert recorder.log == ["setup", "begin fit 0", "end fit 0", "teardown"]

    def test_a_fit_is_a_task_and_its_epochs_are_subtasks(recorded):
        _, recorder = recorded
        assert recorder.log == [
            "setup",
            "begin fit 0",
            *(f"{what} epoch {i}" for i in range(3) for what in ("begin", "end")),
            "end fit 0",
            "teardown",
        ]

    def test_callbacks_get_the_estimator_as_if_fit_had_ended_there(digits):
        constant = {"learning_rate_schedule": "constant", "random_state": 0}
        recorder = Recorder()
        DigitMLPClassifier(epochs=3, **constant).set_callbacks(recorder).fit(*digits)
        for epochs in (1, 2, 3):
            ended = DigitMLPClassifier(epochs=epochs, **constant).fit(*digits)
            assert recorder.scores[epochs - 1] == ended.score(*digits)

    def test_training_continues_from_the_estimator_of_a_callback(digits):
        constant = {"learning_rate_schedule": "constant", "random_state": 0}
        clf = DigitMLPClassifier(epochs=2, warm_start=True, **constant)
        checkpoint = Checkpoint()
        clf.set_callbacks(checkpoint).fit(*digits)
        saved = pickle.loads(checkpoint.saved).set_callbacks().set_params(epochs=1)
        saved.fit(*digits)
        np.testing.assert_array_equal(saved.coefs_[0], clf.coefs_[0])

    def test_callbacks_get_the_sample_weights(digits):
        weight, recorder = np.ones(len(digits[1])), Recorder()
        clf = DigitMLPClassifier(epochs=1).set_callbacks(recorder)
        clf.fit(*digits, sample_weight=weight)
        of_epoch, of_fit = recorder.metadata
        assert of_epoch["sample_weight"] is of_fit["sample_weight"] is weight

    def test_callbacks_do_not_change_the_network(recorded, digits):
        clf, _ = recorded
        plain = DigitMLPClassifier(epochs=3, random_state=0).fit(*digits)
        np.testing.assert_array_equal(plain.coefs_[0], clf.coefs_[0])

    def test_a_callback_can_stop_the_fit(digits):
        clf = DigitMLPClassifier(epochs=9).set_callbacks(Recorder(stop_after=1))
        assert clf.fit(*digits).n_iter_ == 2

    def test_a_failed_fit_tears_down_and_does_not_change_the_estimator(digits):
        recorder = Recorder()
        clf = DigitMLPClassifier(epochs=1).set_callbacks(recorder)
        before = dict(vars(clf))
        with pytest.raises(ValueError, match="NaN"):
            clf.fit(np.full((9, 4), np.nan), digits[1][:9])
        assert recorder.log[-1] == "teardown"
        assert vars(clf) == before

    def test_a_scoring_monitor_scores_every_epoch(digits):
        monitor = ScoringMonitor(scoring=["accuracy", "neg_log_loss"])
        clf = DigitMLPClassifier(epochs=4, random_state=0).set_callbacks(monitor)
        clf.fit(*digits)
        frame = monitor.get_logs().data_as_pandas
        epochs = frame[frame["task_name"] == "epoch"]
        assert len(epochs) == 4
        assert epochs["accuracy"].iloc[-1] == clf.score(*digits)

    def test_callbacks_reach_the_classifier_in_a_pipeline_in_a_search(digits, capsys):
        X, y = digits
        monitor = ScoringMonitor(scoring="accuracy")
        clf = DigitMLPClassifier(epochs=2, random_state=0).set_callbacks(monitor)
        pipe = make_pipeline(StandardScaler(), Flatten(), clf)
        grid = {"digitmlpclassifier__learning_rate": [1e-3, 1e-2]}
        search = GridSearchCV(pipe, grid, cv=2)
        search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(X, y)
        assert "DigitMLPClassifier - fit" in capsys.readouterr().out
        frame = monitor.get_logs().data_as_pandas
        n_fits = 2 * 2 + 1
        assert (frame["task_name"] == "epoch").sum() == n_fits * 2

    def test_image_transformers_accept_them_without_a_warning(digits):
        X, y = digits[0][:60].reshape(-1, 8, 8), digits[1][:60]
        clf = DigitMLPClassifier(epochs=1)
        pipe = make_pipeline(CenterDigit(8, 8), Flatten(), clf)
        recorder = Recorder()
        recorder.max_propagation_depth = None
        pipe.set_callbacks(recorder).fit(X, y)
        assert recorder.log.count("begin epoch 0") == 1
