"""Runs libcachesim: peer_run.py CLASS TRACE SIZE objects|bytes; prints the misses as JSON."""

import json
import os
import sys

import libcachesim

RECORD_BYTES = 24


def main():
    name, trace, size, unit = sys.argv[1:]
    parameters = libcachesim.ReaderInitParam(ignore_obj_size=unit == "objects")
    reader = libcachesim.TraceReader(
        trace, libcachesim.TraceType.ORACLE_GENERAL_TRACE, parameters)
    missed, _ = getattr(libcachesim, name)(int(size)).process_trace(reader)
    requests = os.path.getsize(trace) // RECORD_BYTES
    print(json.dumps({"misses": round(missed * requests), "requests": requests}))


main()
