"""How Sphinx builds the site; no step of it needs a network."""

import os
import shutil
import sys
import zipfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import skdigits

sys.path.append(str(Path(__file__).parent))

import write_api_page
import write_notebooks
import write_page_data

DOCS = Path(__file__).parent
# Copied to the site as it is: the folder of ready notebooks, and an archive of it.
READY = DOCS / "_ready"


def list_own_methods(public):
    """List the methods that this package defines, in the class or in a mixin."""
    modules = {m: getattr(getattr(public, m), "__module__", None) for m in dir(public)}
    return [m for m, module in modules.items() if str(module).startswith("skdigits")]


project = "skdigits"
author = "The skdigits developers"
project_copyright = f"2026, {author}"
version = release = skdigits.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx-mathjax-offline",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["README.md", "_templates", "_ready"]
templates_path = ["_templates"]
default_role = "obj"
smartquotes = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autosummary_generate = True
autosummary_ignore_module_all = False
autosummary_context = {
    "own_methods": {
        name: list_own_methods(getattr(skdigits, name)) for name in skdigits.__all__
    }
}
autodoc_typehints = "none"  # numpydoc's sections give the types
# Pages of classes list their members themselves.
numpydoc_show_class_members = False

copybutton_prompt_text = ">>> |\\.\\.\\. |\\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": str(write_notebooks.EXAMPLES),
    "gallery_dirs": "auto_examples",
    # The cluster starts processes that import the example, and is not executed.
    "filename_pattern": r"/plot_(?!on_a_cluster)",
    "remove_config_comments": True,
    "image_scrapers": ("gallery_pictures.scrape",),
    "doc_module": ("skdigits",),
    "backreferences_dir": "generated/backreferences",
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,  # the folder of notebooks has them
    "write_computation_times": False,
    "show_memory": False,
    "show_signature": False,
    "plot_gallery": True,
    "abort_on_example_error": True,
}

html_theme = "pydata_sphinx_theme"
html_title = "skdigits"
html_static_path = ["_static"]
html_extra_path = ["_ready"]
html_css_files = ["site.css"]
html_show_sourcelink = False
toc_object_entries_show_parents = "hide"
html_theme_options = {
    "logo": {"text": "skdigits"},
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 5,
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    # The pages with a network in them take the whole width.
    "secondary_sidebar_items": {
        "**": ["page-toc"],
        "draw_a_digit": [],
        "watch_it_learn": [],
    },
}
# Pages without sections below them have no sidebar: their text gets the space.
html_sidebars = {
    "auto_examples/**": [],
    "benchmarks": [],
    "draw_a_digit": [],
    "faq": [],
    "index": [],
    "how_it_is_built": [],
    "decisions": [],
    "install": [],
    "lessons": [],
    "coming_from_mlp_classifier": [],
    "watch_it_learn": [],
    "whats_new": [],
}


write_api_page.write()
write_page_data.write()
shutil.rmtree(READY, ignore_errors=True)
write_notebooks.write(READY / "notebooks")
shutil.make_archive(str(READY / "notebooks"), "zip", READY, "notebooks")


def replace_notebooks(app):
    """Put the ready notebooks in the place of those that sphinx-gallery has made."""
    gallery = DOCS / "auto_examples"
    shutil.copytree(READY / "notebooks", gallery, dirs_exist_ok=True)
    for script in gallery.rglob("plot_*.py"):
        with zipfile.ZipFile(script.with_suffix(".zip"), "w") as archive:
            for path in (script, script.with_suffix(".ipynb")):
                archive.write(path, path.name)


def setup(app):
    """Register what happens after sphinx-gallery's part of the build."""
    app.connect("builder-inited", replace_notebooks, priority=900)
