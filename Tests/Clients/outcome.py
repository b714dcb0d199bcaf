"""What a program's output says: its title, its version, and each of its checks."""
import dataclasses
import re

import differences


@dataclasses.dataclass
class Outcome:
    title: str
    version: str
    passed: list
    failed: list
    # Failures that differences.txt lists, and checks that it lists though they pass.
    awaited: list
    surprising: list
    output: str

    def summary(self):
        parts = [f"{len(self.passed)} passed", f"{len(self.failed)} failed"]
        if self.awaited:
            parts.append(f"{len(self.awaited)} as differences.txt says")
        return f"{self.title}: " + ", ".join(parts)


def outcome(script, status, output, patterns):
    """Reads the output. A program that ends badly or without its counts has failed."""
    checks = re.findall(r"^  (ok    |FAILED)  (.*)$", output, re.MULTILINE)
    counts = re.findall(r"^(.+): (\d+) passed, (\d+) failed$", output, re.MULTILINE)
    version = re.findall(r"^.+: version (.+)$", output, re.MULTILINE)
    result = Outcome(counts[-1][0] if counts else script, (version or [""])[0], [], [], [], [],
                     output)
    for word, name in checks:
        is_listed = differences.is_listed(name, patterns)
        if word == "FAILED":
            (result.awaited if is_listed else result.failed).append(name)
        else:
            result.passed.append(name)
            if is_listed:
                result.surprising.append(name)
    told = tuple(map(int, counts[-1][1:])) if counts else None
    if told != (len(result.passed), len(result.failed) + len(result.awaited)):
        result.failed.append(f"{script} ended with {status} and told other counts: {told}")
    elif status != (1 if told[1] else 0):
        result.failed.append(f"{script} ended with {status}")
    return result
