"""The table of docs/clients.md: what was run, its version, and how many of its checks passed."""
import pathlib
import re

import differences as known

PAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "docs" / "clients.md"
BEGIN, END = "<!-- clients -->\n", "<!-- /clients -->"
HEAD = "| program | version | what it did | checks that passed |\n|---|---|---|---|\n"


def cells(program, result):
    total = len(result.passed) + len(result.failed) + len(result.awaited)
    passed = f"all {total}"
    if len(result.passed) < total:
        passed = f"{len(result.passed)} of {total}: {known.reasons(result.awaited)}"
    return [result.title, result.version or "-", program.about, passed]


def rows(results):
    return [cells(program, result) for program, result in results]


def write(results):
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{PAGE} has lost its marks {BEGIN.strip()} and {END}")
    body = "".join("| " + " | ".join(row) + " |\n" for row in rows(results))
    PAGE.write_text(before + BEGIN + HEAD + body + END + after)


def disagreements(results):
    """Where the page says something else than this run. Versions of the system's own packages may
    be others elsewhere, so they are not compared."""
    said = re.findall(r"^\| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", PAGE.read_text(), re.MULTILINE)
    found = [(row[0], row[3]) for row in rows(results)]
    wrong = set(found) ^ {(row[0], row[3]) for row in said if row[0] not in ("program", "---")}
    if not wrong:
        return []
    titles = ", ".join(sorted({title for title, _ in wrong}))
    return [f"docs/clients.md says something else about {titles}: run this with --table"]
