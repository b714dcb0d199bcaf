"""The known differences: checks that the real servers pass and Larder does not."""
import fnmatch
import pathlib

FILE = pathlib.Path(__file__).resolve().parent / "differences.txt"


def pattern(line):
    """What a line 'TITLE: TEXT  # why' matches, or None."""
    found = line.partition("  # ")[0].strip()
    return found if found and not found.startswith("#") else None


def patterns():
    return [found for found in map(pattern, FILE.read_text().splitlines()) if found]


def is_listed(name, listed):
    return any(fnmatch.fnmatchcase(name, found) for found in listed)


def reasons(names):
    """Why these fail, in a few words, each reason once."""
    found = {}
    for line in FILE.read_text().splitlines():
        if pattern(line) and fnmatch.filter(names, pattern(line)):
            found[line.partition("  # ")[2].partition(":")[0]] = True
    return ", ".join(found)


def unmatched(names):
    """Patterns that no check has: a spelling mistake, or a check that is gone."""
    return [found for found in patterns() if not fnmatch.filter(names, found)]


def prune(passed, failed):
    """Takes out the lines whose checks all pass; what they were."""
    kept, gone = [], []
    for line in FILE.read_text().splitlines():
        found = pattern(line)
        is_over = found and fnmatch.filter(passed, found) and not fnmatch.filter(failed, found)
        (gone if is_over else kept).append(line)
    FILE.write_text("\n".join(kept) + "\n")
    return gone
