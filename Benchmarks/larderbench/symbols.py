"""Readable names of Swift functions."""

import shutil
import subprocess


def demangled(text: str) -> str:
    """The text with Swift's symbols in their source form; as it is without a toolchain."""
    tool = shutil.which("swift-demangle")
    if tool is None:
        return text
    command = [tool, "--simplified"]
    return subprocess.run(command, input=text, capture_output=True, text=True).stdout
