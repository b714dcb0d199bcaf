#!/usr/bin/env python3
"""Compares what a server tells about itself with a real redis-server: COMMAND, INFO, CONFIG,
SLOWLOG, LATENCY, MEMORY, MONITOR, and what clients ask when they connect.

    Tests/BlackBox/introspection.py --binary .build/release/larder
    Tests/BlackBox/introspection.py --stand-in         redis-server with itself
    Tests/BlackBox/introspection.py --self-test        with falsified replies, which it must notice

What differs is printed. Exit status: 0 nothing differs, 1 something does, 2 it could not run.
"""
import argparse
import re
import sys
import time

import server_process
from tamper import Tampered
from wire3 import Connection3

# What Larder tells in its own words, or does otherwise on purpose.
OWN_WORDS = {"summary", "complexity", "history", "notes"}
# Fields of our own, and those that only an allocator or a compiler of redis's kind has.
OWN_FIELDS = re.compile(r"larder_\w+$")
# Subcommands that are not here, and one of redis 7.2 that clients send to every server.
ABSENT = {"client|caching", "client|tracking", "function|delete", "function|dump", "function|kill",
          "function|list", "function|load", "function|restore", "function|stats", "script|debug",
          "script|exists", "script|kill", "script|load"}
ADDED = {"client|setinfo"}
# Commands that redis does not have.
OWN_COMMAND = re.compile(r"larder(\||$)")


class Comparison:
    def __init__(self):
        self.checks = 0
        self.differences = []

    def expect(self, what, mine, theirs):
        self.checks += 1
        if mine != theirs:
            self.differences.append(
                f"{what}\n    larder: {mine!r:.400}\n    redis:  {theirs!r:.400}")


def plain(value):
    """Sets without their order, and maps as they are."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key not in OWN_WORDS}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def own_words_left_out(cell):
    """Key specifications without their notes: they stand in a set, as pairs."""
    if not isinstance(cell, frozenset):
        return cell
    return frozenset(
        tuple(pair for pair in item if pair[0] not in OWN_WORDS)
        if isinstance(item, tuple) else item
        for item in cell)


def by_name(rows):
    """COMMAND's rows by name, subcommands within them too."""
    found = {}
    for row in rows:
        head = [own_words_left_out(plain(cell)) for cell in row[:9]]
        inner = [] if isinstance(row[9], frozenset) else row[9]
        subcommands = {name: page for name, page in by_name(inner).items()
                       if name not in ABSENT | ADDED}
        found[row[0]] = head + [subcommands]
    return found


def without_absent(page):
    if "subcommands" in page:
        page = dict(page)
        page["subcommands"] = {name: inner for name, inner in page["subcommands"].items()
                               if name not in ABSENT | ADDED}
    return page


def compare_commands(mine, theirs, result):
    ours, real = by_name(mine.ask("COMMAND")), by_name(theirs.ask("COMMAND"))
    for name in sorted(name for name in ours if not OWN_COMMAND.match(name)):
        result.expect(f"COMMAND: {name}", ours[name], real.get(name))
    result.expect("COMMAND COUNT", mine.ask("COMMAND", "COUNT"), len(ours))
    result.expect("COMMAND INFO", by_name(mine.ask("COMMAND", "INFO")), ours)
    names = ["get", "CLIENT|id", "memory|usage", "none", "client|none"]
    result.expect("COMMAND INFO of names",
                  [row and plain(row[:9]) for row in mine.ask("COMMAND", "INFO", *names)],
                  [row and plain(row[:9]) for row in theirs.ask("COMMAND", "INFO", *names)])
    docs, wanted = mine.ask("COMMAND", "DOCS"), theirs.ask("COMMAND", "DOCS")
    result.expect("COMMAND DOCS: names", sorted(docs), sorted(ours))
    for name in sorted(docs):
        if not OWN_COMMAND.match(name):
            result.expect(f"COMMAND DOCS: {name}", plain(without_absent(docs[name])),
                          plain(without_absent(wanted.get(name, {}))))
        result.expect(f"COMMAND DOCS {name}: has a summary", bool(docs[name].get("summary")), True)
    listed = set(mine.ask("COMMAND", "LIST"))
    for words in (["ACLCAT", "dangerous"], ["ACLCAT", "Fast"], ["ACLCAT", "no"], ["MODULE", "no"],
                  ["PATTERN", "*get*"], ["PATTERN", "client|*"], ["NO", "x"]):
        answers = [side.ask("COMMAND", "LIST", "FILTERBY", *words) for side in (mine, theirs)]
        if isinstance(answers[1], list):
            mine_own = {name for name in answers[0] if OWN_COMMAND.match(name)}
            answers = [set(answers[0]) - ADDED - mine_own, set(answers[1]) & listed]
        result.expect(f"COMMAND LIST FILTERBY {words}", *answers)


REQUESTS = """GET a|SET a b|SET a b GET|SET a b NX GET EX 1|MSET a 1 b 2|MSET a 1 b|DEL a b c
    BITOP AND a b c|BITOP NOT a b|BITFIELD a GET u8 0|BITFIELD a SET u8 0 1|BITFIELD_RO a GET u8 0
    OBJECT FREQ a|OBJECT NO a|OBJECT|MEMORY USAGE a|CLIENT LIST|PING a|NOSUCH a|LCS a b|COPY a b
    EXPIRE a|GETEX a PERSIST|SPUBLISH a b|PUBLISH a b|WATCH a b|RENAME a b|MGET a|TOUCH a a
    GET"""


def compare_keys(mine, theirs, result):
    for request in REQUESTS.replace("\n", "|").split("|"):
        for verb in ("GETKEYS", "GETKEYSANDFLAGS"):
            words = ["COMMAND", verb, *request.split()]
            known = mine.ask("COMMAND", "INFO", request.split()[0])[0] is not None
            if known or request.startswith("NOSUCH"):
                result.expect(" ".join(words), mine.ask(*words), theirs.ask(*words))


# Requests whose replies are the same, error texts included.
SAME = """COMMAND NO|COMMAND COUNT x|COMMAND GETKEYS|COMMAND LIST x|COMMAND HELP|CONFIG HELP
    SLOWLOG HELP|LATENCY HELP|MEMORY HELP|MODULE HELP|CONFIG|CONFIG NO|CONFIG GET|CONFIG SET a
    CONFIG SET a b|CONFIG GET none|CONFIG SET maxmemory 1gb maxmemory 2gb
    CONFIG SET slowlog-max-len x|CONFIG SET slowlog-log-slower-than 1.5|CONFIG SET loglevel no
    CONFIG SET latency-monitor-threshold -1|CONFIG RESETSTAT|CONFIG RESETSTAT x|CONFIG REWRITE
    CONFIG GET databases|CONFIG GET SLOWLOG-MAX-LEN
    SLOWLOG|SLOWLOG NO|SLOWLOG GET x|SLOWLOG GET -2|SLOWLOG GET 1 2|SLOWLOG LEN x|SLOWLOG RESET
    SLOWLOG LEN|SLOWLOG GET|LATENCY|LATENCY NO|LATENCY LATEST|LATENCY LATEST x|LATENCY HISTORY
    LATENCY HISTORY no|LATENCY GRAPH no|LATENCY GRAPH|LATENCY RESET|LATENCY RESET a b
    LATENCY DOCTOR|LATENCY HISTOGRAM none|MEMORY|MEMORY NO|MEMORY USAGE|MEMORY USAGE none
    MEMORY USAGE none SAMPLES|MEMORY USAGE none SAMPLES x|MEMORY PURGE|MEMORY PURGE x|MEMORY DOCTOR
    DEBUG SLEEP 0|DEBUG|MODULE LIST|MODULE LOAD x|MODULE UNLOAD x|MODULE NO|CLUSTER INFO
    CLUSTER NODES|CLUSTER SLOTS|CLUSTER|CLUSTER NO|CLUSTER KEYSLOT|READONLY|READWRITE|ASKING|ROLE
    REPLICAOF NO ONE|SLAVEOF no one|REPLICAOF a b|REPLICAOF a|WAIT 0 0|WAIT x 0|WAIT 0 x|WAIT 0 -1
    WAIT|SCRIPT FLUSH|SCRIPT FLUSH ASYNC|SCRIPT FLUSH NO|FUNCTION FLUSH|FUNCTION FLUSH SYNC
    FUNCTION FLUSH NO|BGSAVE x|TIME x|LASTSAVE x|MONITOR x|INFO none|LOLWUT VERSION x|SAVE x
    BGREWRITEAOF x|SHUTDOWN ABORT|SHUTDOWN SAVE NOSAVE|SHUTDOWN ABORT NOW|SHUTDOWN x"""


def compare_replies(mine, theirs, result):
    for request in SAME.replace("\n", "|").split("|"):
        words = request.split()
        result.expect(request, mine.raw(*words), theirs.raw(*words))


def compare_settings(mine, theirs, result):
    """Redis orders what a pattern finds by chance; our own names have a dot in them."""
    for words in (["GET", "slowlog*"], ["GET", "latency-*"], ["GET", "enable-*-command"],
                  ["GET", "SLOWLOG-MAX-LEN", "hz", "slowlog*"], ["GET", "maxmemory-[po]*"],
                  ["SET", "slowlog-max-len", "64", "slowlog-log-slower-than", "20000"],
                  ["GET", "slowlog*"],
                  ["SET", "slowlog-max-len", "65", "slowlog-log-slower-than", "x"],
                  ["GET", "slowlog*"],
                  ["SET", "maxmemory-policy", "allkeys-lfu", "latency-monitor-threshold", "5"],
                  ["GET", "maxmemory-policy", "latency-monitor-threshold"],
                  ["SET", "maxmemory-policy", "noeviction", "latency-monitor-threshold", "0"],
                  ["GET", "maxmemory-policy"], ["SET", "maxmemory-policy", "allkeys-lru"],
                  ["SET", "slowlog-max-len", "128", "slowlog-log-slower-than", "-1"],
                  ["GET", "slowlog*"], ["SET", "slowlog-log-slower-than", "10000"]):
        replies = [side.ask("CONFIG", *words) for side in (mine, theirs)]
        if words[0] == "GET":
            replies[0] = {name: value for name, value in replies[0].items() if "." not in name}
        result.expect(f"CONFIG {words}", *replies)


def fields(text):
    """The names of INFO's fields by section."""
    found, section = {}, None
    for line in text.split("\r\n"):
        if line.startswith("# "):
            section = found.setdefault(line[2:], [])
        elif line:
            section.append(line.split(":")[0])
    return found


def compare_info(mine, theirs, result):
    for words in ([], ["all"], ["everything"], ["default"], ["server", "MEMORY"], ["commandstats"],
                  ["keyspace"], ["cpu", "none"], ["modules"]):
        ours, real = (fields(side.ask("INFO", *words)) for side in (mine, theirs))
        result.expect(f"INFO {words}: sections", list(ours), list(real))
        for section in real:
            if section in ("Commandstats", "Latencystats", "Errorstats"):
                continue
            known = [name for name in ours.get(section, []) if not OWN_FIELDS.match(name)]
            result.expect(f"INFO {words}: {section}", known, real[section])


FORMS = {"Commandstats": r"cmdstat_set:calls=2,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=1,"
                         r"failed_calls=1",
         "Errorstats": r"errorstat_ERR:count=3",
         "Latencystats": r"latency_percentiles_usec_set:p50=\d+\.\d{3},p99=\d+\.\d{3},"
                         r"p99\.9=\d+\.\d{3}"}


def compare_statistics(mine, theirs, result):
    """The same requests leave the same counts, and the same forms."""
    for side in (mine, theirs):
        side.ask("CONFIG", "RESETSTAT")
        for request in ("SET a b", "SET a b NO", "SET a", "CLIENT ID", "NOSUCH"):
            side.ask(*request.split())
        for section, form in FORMS.items():
            text = side.ask("INFO", section.lower())
            result.expect(f"{section}: {form}", bool(re.search(form, text)), True)
        text = side.ask("INFO", "commandstats")
        result.expect("a subcommand is counted", "cmdstat_client|id:calls=1," in text, True)
        histogram = side.ask("LATENCY", "HISTOGRAM", "SET", "client")
        result.expect("LATENCY HISTOGRAM", sorted(histogram), ["client|id", "set"])
        result.expect("LATENCY HISTOGRAM: calls", histogram["set"]["calls"], 2)
        counts = list(histogram["set"]["histogram_usec"].values())
        result.expect("LATENCY HISTOGRAM: adds up", counts[-1], 2)


def compare_slow_log(mine, theirs, result):
    logs = []
    for side in (mine, theirs):
        side.ask("CONFIG", "SET", "slowlog-log-slower-than", "0", "slowlog-max-len", "6")
        side.ask("SLOWLOG", "RESET")
        side.ask("CLIENT", "SETNAME", "me")
        side.ask("SET", "k", "v" * 300)
        side.ask("DEL", *(f"key{number}" for number in range(40)))
        side.ask("AUTH", "secret")
        side.ask("AUTH", "default", "secret")
        side.ask("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "me")
        side.ask("CONFIG", "SET", "requirepass", "")
        entries = side.ask("SLOWLOG", "GET", "-1")
        result.expect("SLOWLOG: times",
                      all(0 < entry[1] <= time.time() + 1 and entry[2] >= 0 for entry in entries),
                      True)
        result.expect("SLOWLOG: ids count up", entries[0][0] - entries[-1][0], 5)
        logs.append([(entry[3], entry[4].split(":")[0], entry[5]) for entry in entries])
        side.ask("CONFIG", "SET", "slowlog-log-slower-than", "10000", "slowlog-max-len", "128")
    result.expect("SLOWLOG GET", *logs)


def compare_latency(mine, theirs, result):
    """An event of each server: its forms, not its numbers."""
    forms = []
    for side in (mine, theirs):
        side.ask("CONFIG", "SET", "latency-monitor-threshold", "1")
        for start in range(0, 40_000, 1_000):
            side.ask("MSET", *(word for number in range(start, start + 1_000)
                               for word in (f"key:{number:08}", "v")))
        for _ in range(50):
            side.ask("KEYS", "*a*a*a*a*a*a*b*")
            if side.ask("LATENCY", "LATEST"):
                break
        latest, history = side.ask("LATENCY", "LATEST"), side.ask("LATENCY", "HISTORY", "command")
        graph = side.ask("LATENCY", "GRAPH", "command")
        doctor = side.ask("LATENCY", "DOCTOR")
        forms.append([
            [[type(cell) for cell in row] for row in latest], latest[0][0],
            [[type(cell) for cell in row] for row in history[:1]],
            re.sub(r"\d+", "N", graph.split("\n")[0]), graph.split("\n")[1],
            re.sub(r"[\d.]+", "N", "\n".join(doctor.split("\n")[:3])),
            side.ask("LATENCY", "RESET", "command"), side.ask("LATENCY", "LATEST")])
        side.ask("CONFIG", "SET", "latency-monitor-threshold", "0")
        side.ask("LATENCY", "RESET")
        side.ask("FLUSHALL")
    for part in zip(*forms):
        result.expect("LATENCY with an event", *part)


def compare_memory(mine, theirs, result):
    for side in (mine, theirs):
        side.ask("SET", "a", "b")
    ours, real = (side.ask("MEMORY", "STATS") for side in (mine, theirs))
    result.expect("MEMORY STATS: names", sorted(ours), sorted(real))
    result.expect("MEMORY STATS: types", {name: type(value) for name, value in ours.items()},
                  {name: type(value) for name, value in real.items()})


def compare_monitor(ports, result):
    lines = []
    for port in ports:
        with Connection3(port) as watcher, Connection3(port) as client:
            result.expect("MONITOR", watcher.ask("MONITOR"), "OK")
            for words in (["SET", "a b", b"\x00\x01\"\\\r\n\t\x07\x08\xff"], ["AUTH", "secret"],
                          ["CONFIG", "GET", "none"], ["NOSUCH"], ["SELECT", "3"], ["GET", "a"]):
                client.ask(*words)
            shown = [watcher.reply() for _ in range(4)]
            lines.append([re.sub(r"^[\d.]+ \[(\d+) [\d.]+:\d+\]", r"[\1]", line)
                          for line in shown])
    result.expect("MONITOR's lines", *lines)


def compare_shutdown(servers, result):
    """There is no reply, and the process ends well."""
    endings = []
    for server in servers:
        with Connection3(server.resp) as client:
            client.socket.sendall(b"SHUTDOWN NOSAVE\r\nGET a\r\n")
            told = client.file.read()
        endings.append((told, server.processes[0].wait(timeout=server_process.STOP_SECONDS)))
    result.expect("SHUTDOWN NOSAVE", *endings)


def compare(mine_port, theirs_port):
    result = Comparison()
    with Connection3(mine_port) as mine, Connection3(theirs_port) as theirs:
        for side in (mine, theirs):
            side.ask("HELLO", "3")
        compare_commands(mine, theirs, result)
        compare_keys(mine, theirs, result)
        compare_replies(mine, theirs, result)
        for side in (mine, theirs):
            side.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        compare_settings(mine, theirs, result)
        compare_info(mine, theirs, result)
        compare_statistics(mine, theirs, result)
        compare_slow_log(mine, theirs, result)
        compare_latency(mine, theirs, result)
        compare_memory(mine, theirs, result)
        for side in (mine, theirs):
            side.ask("HELLO", "2")
        compare_replies(mine, theirs, result)
    compare_monitor((mine_port, theirs_port), result)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    server_process.add_arguments(parser)
    parser.add_argument("--self-test", action="store_true", help="with falsified replies")
    options = parser.parse_args()
    server = (Tampered(server_process.Server()) if options.self_test
              else server_process.server_from(options))
    with server_process.Server() as reference, server:
        result = compare(server.resp, reference.resp)
        if not options.self_test:
            compare_shutdown((server, reference), result)
    for difference in result.differences:
        print(difference)
    print(f"{result.checks} comparisons, {len(result.differences)} differences")
    if options.self_test:
        return 0 if result.differences else 1
    return 1 if result.differences else 0


if __name__ == "__main__":
    server_process.exit_with(main)
