"""Write ready notebooks of the examples: python docs/write_notebooks.py FOLDER.

Each starts with its title, and a cell that installs the package.
"""

import re
import sys
import textwrap
from pathlib import Path

from sphinx_gallery.gen_gallery import DEFAULT_GALLERY_CONF
from sphinx_gallery.notebook import jupyter_notebook, save_notebook
from sphinx_gallery.py_source_parser import (
    remove_config_comments,
    split_code_and_text_blocks,
)

EXAMPLES = Path(__file__).parents[1] / "examples"

INSTALL = {
    "cell_type": "code",
    "execution_count": None,
    "metadata": {},
    "outputs": [],
    "source": ["%pip install --quiet skdigits"],
}


def make_notebook(script):
    """Make a notebook of an example.

    Parameters
    ----------
    script : Path

    Returns
    -------
    notebook : dict
        In Jupyter's format 4.
    """
    _, blocks = split_code_and_text_blocks(str(script))
    blocks = [
        (
            kind,
            to_markdown(content) if kind == "text" else remove_config_comments(content),
            line,
        )
        for kind, content, line in blocks
    ]
    notebook = jupyter_notebook(blocks, DEFAULT_GALLERY_CONF, script.parent)
    notebook["cells"].insert(1, INSTALL)
    return notebook


def to_markdown(text):
    """Rewrite folded answers and roles, which sphinx-gallery leaves unchanged.

    An answer is a dropdown of sphinx-design, and becomes HTML's ``<details>``.
    """
    text = re.sub(
        r"^\.\. dropdown:: (.*)\n((?:\n| +.*(?:\n|$))+)",
        lambda match: (
            f"<details><summary>{match[1]}</summary>\n\n"
            f"{textwrap.dedent(match[2]).strip()}\n\n</details>\n\n"
        ),
        text,
        flags=re.M,
    )
    text = re.sub(r"::$", ":", text, flags=re.M)  # before indented code
    return re.sub(r":(?:class|func|meth|doc):`([^`]+)`", r"`\1`", text)


def write(folder):
    """Write the notebooks of all examples of the gallery.

    Parameters
    ----------
    folder : Path
        It gets the subfolders that the examples have.

    Returns
    -------
    paths : list of Path
        Of the notebooks, relative to `folder`.
    """
    paths = []
    for script in sorted(EXAMPLES.rglob("plot_*.py")):
        path = script.relative_to(EXAMPLES).with_suffix(".ipynb")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        save_notebook(make_notebook(script), folder / path)
        paths.append(path)
    return paths


if __name__ == "__main__":
    write(Path(sys.argv[1]))
