"""Check the built site: every link within it resolves, every public name has a page.

python docs/check_site.py build/html
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import skdigits


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = set(), {"", "top"}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        """Note what a tag links to, and the anchor that it is."""
        for name, value in attributes:
            if name in ("href", "src") and value is not None:
                self.links.add(value)
            elif name in ("id", "name") and value is not None:
                self.anchors.add(value)


def find_broken_links(folder):
    """List the links of all pages in a folder that lead nowhere in it."""
    pages = {
        path: Page(path)
        for path in sorted(folder.rglob("*.html"))
        if "_static" not in path.relative_to(folder).parts
    }
    broken = []
    for path, page in pages.items():
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve()
            target = target if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.is_file():
                broken.append(f"{path.relative_to(folder)}: no file {link}")
            elif target in pages and anchor not in pages[target].anchors:
                broken.append(f"{path.relative_to(folder)}: no anchor {link}")
    return broken


def find_missing_pages(folder):
    """List the public names without a page."""
    pages = folder / "generated"
    return [
        f"There is no page of skdigits.{name}"
        for name in skdigits.__all__
        if not (pages / f"skdigits.{name}.html").is_file()
    ]


if __name__ == "__main__":
    site = Path(sys.argv[1]).resolve()
    sys.exit("\n".join(find_broken_links(site) + find_missing_pages(site)) or None)
