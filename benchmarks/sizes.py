"""Amounts of data and time: of a real run, and of a quick check that all runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Rows, epochs and seconds of every measure; the defaults are for a real run."""

    mnist: bool = True  # False: random pixels, without a download
    rows: int = 60000
    digits_epochs: int = 50
    whole_rows: tuple[int, ...] = (1000, 5000, 20000, 60000)
    whole_epochs: int = 20
    # None means all.
    peers: tuple[str, ...] | None = None
    predict_rows: tuple[int, ...] = (1, 100, 10000)
    predict_seconds: float = 1.0
    read_images: int = 10000
    # Rows and hidden layers.
    wide_shapes: tuple[tuple[int, tuple[int, ...]], ...] = (
        (60000, (128, 64)),
        (60000, (512, 256)),
        (600000, (25, 15)),
    )
    search_rates: tuple[float, ...] = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
    search_folds: int = 3
    search_epochs: int = 5
    search_rows: int = 12000
    # joblib's backend and n_jobs.
    search_workers: tuple[tuple[str, int], ...] = (
        ("loky", 1),
        ("loky", 2),
        ("threading", 2),
    )
    long_rounds: int = 3  # of the measures that take minutes
    growth_warm: int = 20
    growth_fits: int = 200
    scaling_rows: tuple[int, ...] = (1000, 2000, 5000, 15000, 60000)
    scaling_features: tuple[int, ...] = (16, 64, 256, 784, 3136)
    scaling_widths: tuple[int, ...] = (8, 16, 32, 64, 128, 256, 512)
    # Values of the two quantities that stay fixed while the third grows.
    usual_rows: int = 10000
    usual_features: int = 784
    usual_width: int = 25


FULL = Sizes()
QUICK = Sizes(
    mnist=False,
    rows=640,
    digits_epochs=1,
    whole_rows=(100, 200),
    whole_epochs=1,
    # Without Keras, whose processes take seconds to start.
    peers=("skdigits", "MLPClassifier", "PyTorch"),
    predict_rows=(1, 100),
    predict_seconds=0.02,
    read_images=10,
    wide_shapes=((320, (8, 4)),),
    search_rates=(1e-3,),
    search_folds=2,
    search_epochs=1,
    search_rows=320,
    search_workers=(("loky", 1), ("threading", 2)),
    long_rounds=1,
    growth_warm=1,
    growth_fits=2,
    scaling_rows=(64, 320),
    scaling_features=(16, 64),
    scaling_widths=(8, 16),
    usual_rows=320,
    usual_features=64,
    usual_width=8,
)
