"""memccapable, libmemcached's own examination of a server: memccapable.py HOST:PORT

Only its tests of the text protocol; each of them is a check.
"""
import re
import subprocess
import sys

sys.path.insert(0, __file__.rpartition("/tools/")[0])
import checking
from checking import Checks

host, port = checking.address()
# So many tests it has; fewer would mean that it stopped early.
LEAST = 27
version = subprocess.run(["memccapable", "-V"], capture_output=True, text=True)
found = re.findall(r"[0-9]+\.[0-9.]+", version.stdout + version.stderr)
check = Checks("memccapable", found[0] if found else "1.1.4")
done = subprocess.run(
    ["memccapable", "-h", host, "-p", str(port), "-a"], text=True, stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT, timeout=60)
results = re.findall(r"^(ascii .+?)\s+\[(\w+)\]$", done.stdout, re.MULTILINE)
for name, result in results:
    check(name, lambda: result, "pass")
check("runs all its tests", lambda: len(results) >= LEAST)
check("is content", lambda: done.stdout.strip().split("\n")[-1], "All tests passed")
sys.exit(check.status())
