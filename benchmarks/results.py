"""The figures of a run, as Markdown tables and as JSON."""

import json
import statistics

OURS = "skdigits"


class Results:
    """The figures of each round, and the failures.

    Attributes
    ----------
    figures : dict
        ``{measure: {figure: {name: [value of each round]}}}``
    failures : list of dict
        With ``measure``, ``name`` and ``reason``.
    """

    def __init__(self, machine):
        self.machine = machine
        self.figures = {}
        self.failures = []

    def add(self, measure, figure, name, value):
        """Add the value of one round."""
        of_measure = self.figures.setdefault(measure, {})
        of_measure.setdefault(figure, {}).setdefault(name, []).append(value)

    def fail(self, measure, name, reason):
        """Add a failure, and print it."""
        self.failures.append({"measure": measure, "name": name, "reason": reason})
        print(f"{name} left out of {measure}: {reason}", flush=True)

    def save(self, path):
        """Write the rounds and their summaries as JSON."""
        summaries = [
            summary for measure in self.figures for summary in self.summaries(measure)
        ]
        content = {
            "machine": self.machine,
            "failures": self.failures,
            "results": summaries,
        }
        path.write_text(json.dumps(content, indent=1) + "\n")

    def summaries(self, measure):
        """Summarize the rounds of each figure and name of a measure.

        The ratio is the median of the ratios to skdigits within each round, whose two
        values were measured soon after each other.
        """
        for figure, by_name in self.figures.get(measure, {}).items():
            ours = by_name.get(OURS, [])
            for name, rounds in by_name.items():
                ratios = [value / our for value, our in zip(rounds, ours) if our > 0]
                yield {
                    "measure": measure,
                    "figure": figure,
                    "name": name,
                    "rounds": rounds,
                    "median": statistics.median(rounds),
                    "min": min(rounds),
                    "max": max(rounds),
                    "ratio": statistics.median(ratios) if ratios else None,
                }

    def table(self, measure):
        """Format a measure as a Markdown table."""
        lines = [("figure", "", "median", "min – max", f"ratio to {OURS}")]
        previous = None
        for row in self.summaries(measure):
            figure = row["figure"]
            lines.append(
                (
                    figure if figure != previous else "",
                    row["name"],
                    _digits(row["median"]),
                    f"{_digits(row['min'])} – {_digits(row['max'])}",
                    "" if row["ratio"] is None else _digits(row["ratio"]),
                )
            )
            previous = figure
        widths = [max(map(len, column)) for column in zip(*lines)]
        lines.insert(1, tuple("-" * width for width in widths))
        return "\n".join(_table_line(line, widths) for line in lines)


def _table_line(cells, widths):
    """Format a row: names aligned left, numbers aligned right."""
    texts = [cell.ljust(width) for cell, width in zip(cells[:2], widths[:2])]
    numbers = [cell.rjust(width) for cell, width in zip(cells[2:], widths[2:])]
    return f"| {' | '.join(texts + numbers)} |"


def _digits(value):
    """Format with three significant digits, but never round before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")
