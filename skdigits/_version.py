"""The version of the package, and reading files that other versions saved."""

import re
import warnings

__version__ = "0.1.0"

_KEY = "_skdigits_version"


def add_version(state):
    """Add the version to the state of an estimator that is saved."""
    return state | {_KEY: __version__}


def upgrade_state(state, values_before):
    """Bring the state of a saved estimator up to this version.

    Parameters
    ----------
    state : dict
        As saved by this or another version.
    values_before : dict
        Values for attributes that files of older versions may lack; with them the
        estimator behaves as it did in that version.

    Returns
    -------
    state : dict
        In the form of this version.
    """
    saved_by = state.get(_KEY)
    if saved_by is not None and _release(saved_by) > _release(__version__):
        warnings.warn(
            f"The file was written by skdigits {saved_by}, and this is {__version__}: "
            f"it may hold parameters that this version does not know and then predicts "
            f"differently. Update skdigits to {saved_by} or later.",
            UserWarning,
            stacklevel=3,
        )
    return values_before | {key: state[key] for key in state if key != _KEY}


def _release(version):
    """Read the numbers of a version, such as (1, 10, 0), to compare it with another."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
