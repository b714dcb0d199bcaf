"""The table, for a terminal and for docs/benchmarks.md."""

from datetime import date

from .result import Result

HEAD = ("row", "what", "value", "interval", "pairs", "target", "goal", "verdict")


def _cells(result: Result) -> tuple[str, ...]:
    pairs = str(result.estimate.samples) if result.estimate else "-"
    value, target, goal = map(result.figure, (result.value, result.target, result.goal))
    return (result.row, result.what, value, result.interval, pairs, target, goal, result.verdict)


def _method(results: list[Result]) -> list[str]:
    estimates = [result.estimate for result in results if result.estimate]
    if not estimates:
        return []
    coverage = min(estimate.coverage for estimate in estimates)
    return [
        "Ratios are CPU time of all threads of the server per request done (schedstat), Larder's",
        "over its peer's: the median over interleaved pairs in ABBA order. The interval lies",
        f"between two order statistics of the pairs and holds the true median with {coverage:.1%}.",
    ]


def terminal(results: list[Result]) -> str:
    rows = [HEAD] + [_cells(result) for result in results]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
             for row in rows]
    lines.insert(1, "-" * max(len(line) for line in lines))
    for result in results:
        lines += [f"{result.row}: {remark}" for remark in result.remarks]
    return "\n".join(lines + _method(results))


def markdown(results: list[Result], machine: dict[str, str], command: str,
             title: str = "Benchmarks", method: str = "") -> str:
    """`method` is about all rows of the page."""
    lines = [f"# {title}", "", f"Measured on {date.today().isoformat()} with `{command}`, which",
             "writes this page.", ""]
    lines += [f"- {name}: {value}" for name, value in machine.items()]
    lines += ["", "| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(_cells(result)) + " |" for result in results]
    lines += ["", *method.splitlines(), *_method(results), ""]
    lines += ["## What the figures are made of", ""]
    for result in results:
        if result.remarks:
            lines.append(f"- {result.row}: " + "; ".join(result.remarks))
    return "\n".join(lines) + "\n"
