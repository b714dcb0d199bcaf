"""The virtual environment with the clients, made from PyPI once and then kept."""
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent.parent / ".build"
FOLDER = BUILD / "clients-venv"
OLDER = FOLDER / "older"
NEEDED_PROGRAMS = {
    "redis-cli": "redis-tools", "redis-benchmark": "redis-tools",
    "memccapable": "libmemcached-tools"}


class Unprepared(Exception):
    """The clients cannot be installed here; the text says what would help."""


def lines(name):
    """The requirements of a file, without its comments."""
    text = (HERE / name).read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def check_programs():
    for program, package in NEEDED_PROGRAMS.items():
        if not shutil.which(program):
            raise Unprepared(f"{program} is missing: apt-get install {package}")


def prepare():
    """Makes the environment unless it is there with these very requirements; its Python."""
    python, stamp = FOLDER / "bin" / "python", FOLDER / "requirements.txt"
    newest, older = lines("requirements.txt"), lines("requirements-older.txt")
    wanted = "\n".join([*newest, "older:", *older])
    if stamp.exists() and stamp.read_text() == wanted and python.exists():
        return python
    BUILD.mkdir(exist_ok=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--retries", "1"]
    run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], newest + older)
    run([*install, *newest], newest + older)
    run([*install, "--target", str(OLDER), "--no-deps", *older], newest + older)
    stamp.write_text(wanted)
    return python


def run(step, wanted):
    done = subprocess.run(step, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        reason = (said.splitlines() or ["no message"])[-1]
        if "connection" in said.lower() or "name resolution" in said:
            reason = "PyPI cannot be reached"
        raise Unprepared(
            f"cannot install the clients into {FOLDER.relative_to(BUILD.parent)}: {reason}\n"
            f"The first run needs python3-venv and the network (PyPI), for {len(wanted)} packages: "
            "Tests/Clients/requirements.txt and requirements-older.txt. Later runs need neither.")
