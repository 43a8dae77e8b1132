"""Write the API page from the list of public names, so that none is missing."""

from pathlib import Path

import skdigits

PAGE = Path(__file__).with_name("api.rst")


def write(path=PAGE):
    """Write the page; docs/conf.py runs it whenever the site is built."""
    objects = {name: getattr(skdigits, name) for name in skdigits.__all__}
    groups = {
        "Estimators": [n for n, o in objects.items() if hasattr(o, "get_params")],
        "Displays": [n for n in objects if n.endswith("Display")],
        "Functions": [n for n, o in objects.items() if not isinstance(o, type)],
    }
    lines = ["API reference", "=============", ""]
    lines += ["All public names are in the module ``skdigits``.", ""]
    for title, names in groups.items():
        lines += [title, "-" * len(title), "", ".. autosummary::"]
        lines += ["   :toctree: generated", "   :nosignatures:", ""]
        lines += [*(f"   skdigits.{name}" for name in names), ""]
    path.write_text("\n".join(lines))
