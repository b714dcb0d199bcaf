"""Runs the lines of README that speak to a server: readme_lines.py RESP_HOST:PORT TEXT_HOST:PORT

Those are the lines of its shell examples that begin with redis-cli or (printf. Each must succeed,
and print what its comment says. Those about read-through need the shop's
configuration: ShopExampleTests runs them.
"""
import pathlib
import re
import subprocess
import sys

README = pathlib.Path(__file__).resolve().parent.parent.parent / "README.md"
# The ports that README names, which a test leaves to those who use them.
NAMED_PORTS = ("5273", "5274")


def examples():
    """Each line with what its comment says, or None."""
    parts = re.split(r"^(?=## )", README.read_text(), flags=re.MULTILINE)
    text = "".join(part for part in parts if not part.startswith("## Read through"))
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if line.startswith(("redis-cli ", "(printf ")):
                command, _, comment = line.partition("  # ")
                yield command.strip(), comment.strip() or None


def wrong(command, said, ports):
    """What is wrong with the line, or None."""
    for named, real in zip(NAMED_PORTS, ports):
        command = command.replace(named, real)
    done = subprocess.run(
        ["bash", "-c", command], text=True, timeout=20, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    if done.returncode != 0:
        return f"{command} ended with {done.returncode}: {done.stdout!r}"
    if not done.stdout.strip():
        return f"{command} printed nothing"
    if said and said not in done.stdout:
        return f"{command} printed {done.stdout!r}, not {said!r}"
    return None


def main():
    ports = [address.rpartition(":")[2] for address in sys.argv[1:3]]
    passed, failed = 0, 0
    for command, said in examples():
        problem = wrong(command, said, ports)
        passed, failed = passed + (not problem), failed + bool(problem)
        print(f"  {'FAILED' if problem else 'ok    '}  README: {problem or command}")
    if passed + failed < 4:
        failed += 1
        print("  FAILED  README: fewer than four lines that begin with redis-cli or (printf")
    print(f"README: {passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
