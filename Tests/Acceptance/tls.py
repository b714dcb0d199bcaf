#!/usr/bin/env python3
"""TLS as clients meet it: versions, certificates, large values, reload under traffic, and clients
that mean no good; on both I/O backends.

    tls.py --binary .build/release/larder

Exit status: 0 all well, 1 something was not, 2 it could not run.
"""
import argparse
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "BlackBox"))
import server_process
from certificates import Certificates
from tls_server import TLSServer, bulk, exchange, receive, wait_until

CLIENTS = HERE.parent / "Clients" / "tls_clients.py"
VENV = HERE.parent.parent / ".build" / "clients-venv" / "bin" / "python"


def versions_and_trust(run):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with run.connect(version=version) as client:
            run.check(f"{client.version()} is spoken", exchange(client, b"PING\r\n", b"+PONG\r\n"))
    run.check("TLS 1.1 is refused", run.refuses(version=ssl.TLSVersion.TLSv1_1))
    run.check("clients refuse a wrong host", run.refuses(host="elsewhere.test"))
    run.check("clients refuse an unknown authority", run.refuses(authority="stranger"))


def large_values(run):
    value = os.urandom(1 << 20) * 32
    with run.connect() as client, socket.create_connection(("127.0.0.1", run.server.resp)) as plain:
        run.check("32 MiB in", exchange(client, bulk(b"SET", b"big", value), b"+OK\r\n"))
        framed = b"$%d\r\n%s\r\n" % (len(value), value)
        run.check("32 MiB out", exchange(client, bulk(b"GET", b"big"), framed))
        run.check("32 MiB out in plain", exchange(plain, bulk(b"GET", b"big"), framed))
    part = value[:1_000_000]
    with run.connect(run.text) as client:
        stored = exchange(client, b"set m 5 0 1000000\r\n%s\r\n" % part, b"STORED\r\n")
        found = exchange(client, b"get m\r\n", b"VALUE m 5 1000000\r\n%s\r\nEND\r\n" % part)
        run.check("memcached over TLS", stored and found)
    with run.connect() as client:
        pipeline = b"".join(bulk(b"SET", b"k%d" % i, b"v" * i) for i in range(3000))
        run.check("a pipeline of 3,000", exchange(client, pipeline, b"+OK\r\n" * 3000))


def subscribers(run):
    clients = [run.connect() for _ in range(20)]
    plain = socket.create_connection(("127.0.0.1", run.server.resp), timeout=20)
    for client in (*clients, plain):
        client.sendall(bulk(b"SUBSCRIBE", b"news"))
        receive(client, len(b"*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n"))
    with run.connect() as speaker:
        said = b"".join(bulk(b"PUBLISH", b"news", b"%d" % turn * 1000) for turn in range(100))
        heard = exchange(speaker, said, b":21\r\n" * 100)
    expected = b"".join(
        bulk(b"message", b"news", b"%d" % turn * 1000) for turn in range(100))
    heard = heard and all(receive(c, len(expected)) == expected for c in (*clients, plain))
    run.check("subscribers hear what is published", heard)
    for client in (*clients, plain):
        client.close()


def wrong_ports(run):
    begin = run.server.log().count("speaks no TLS")
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", run.resp), timeout=20) as client:
            client.sendall(b"PING\r\n")
            if client.recv(100) != b"":
                return run.check("plain text on the TLS port is closed", False)
    run.check("plain text on the TLS port is closed", True)
    lines = run.server.log().count("speaks no TLS") - begin
    run.check(f"and told in a few lines ({lines} for 200)", 1 <= lines <= 60)
    try:
        run.connect(run.server.resp).close()
        run.check("TLS on the plain port comes to nothing", False)
    except OSError:
        run.check("TLS on the plain port comes to nothing", True)
    with run.connect() as client:
        run.check("others are served", exchange(client, b"PING\r\n", b"+PONG\r\n"))


def never_finished(run):
    before = run.descriptors()
    begin = time.monotonic()
    crowd = []
    for number in range(1000):
        crowd.append(socket.create_connection(("127.0.0.1", run.resp), timeout=20))
        crowd[-1].sendall(b"\x16\x03\x01\x02\x00" if number % 2 else b"\x16")
    with run.connect() as client:
        run.check("beside 1,000 handshakes without end",
                  exchange(client, b"PING\r\n", b"+PONG\r\n"))
    slow = crowd[1]
    slow.settimeout(20)
    while time.monotonic() - begin < 20:
        try:
            slow.sendall(b"\x01")
        except OSError:
            break
        time.sleep(0.5)
    run.check("they are ended after 10 s", wait_until(lambda: run.descriptors() <= before, 5))
    run.check("not much later", time.monotonic() - begin < 18)
    for client in crowd:
        client.close()


def slow_reader(run):
    value = b"x" * (1 << 20)
    with run.connect() as client:
        exchange(client, bulk(b"SET", b"mb", value), b"+OK\r\n")
        before = run.resident()
        count = 200
        client.sendall(bulk(b"GET", b"mb") * count)
        time.sleep(1)
        grown = (run.resident() - before) >> 20
        run.check(f"who does not read costs little ({grown} MiB of {count})", grown < 24)
        reply = b"$%d\r\n%s\r\n" % (len(value), value)
        whole = all(receive(client, len(reply)) == reply for _ in range(count))
        run.check("and gets all when it reads", whole)


def reload_under_traffic(run):
    faults, done, stop = [], [0], threading.Event()

    def work(number):
        try:
            while not stop.is_set():
                with run.connect() as client:
                    for turn in range(50):
                        value = b"%d-%d" % (number, turn)
                        request = bulk(b"SET", b"w%d" % number, value) + bulk(
                            b"GET", b"w%d" % number)
                        expected = b"+OK\r\n$%d\r\n%s\r\n" % (len(value), value)
                        if not exchange(client, request, expected):
                            raise OSError("a wrong reply")
                        done[0] += 1
        except OSError as fault:
            faults.append(fault)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for turn in range(30):
        run.show(("second", "server")[turn % 2])
        os.kill(run.server.pids()[0], signal.SIGHUP)
        time.sleep(0.05)
    stop.set()
    for worker in workers:
        worker.join()
    run.check(f"30 reloads under traffic ({done[0]} exchanges)", not faults and done[0] > 100)
    shown_certificates(run)


def shown_certificates(run):
    def serial():
        with run.connect() as client:
            return client.getpeercert()["serialNumber"]

    first = serial()
    run.show("second")
    os.kill(run.server.pids()[0], signal.SIGHUP)
    run.check("the new certificate is shown", wait_until(lambda: serial() != first))
    second = serial()
    with open(run.shown + ".pem", "w") as file:
        file.write("nonsense")
    os.kill(run.server.pids()[0], signal.SIGHUP)
    told = wait_until(lambda: "could not be read again" in run.server.log())
    run.check("a bad file is told", told)
    run.check("and leaves the old one in force", serial() == second)
    with run.connect() as client:
        refused = exchange(
            client, bulk(b"CONFIG", b"SET", b"tls-key-file", b"/none"),
            b"-ERR CONFIG SET failed (possibly related to argument 'tls-key-file') - Unable to"
            b" update TLS configuration. Check server logs.\r\n")
        run.check("CONFIG SET of a bad file fails as in redis", refused)
        run.show("server")
        again = bulk(b"CONFIG", b"SET", b"tls-key-file", run.shown.encode() + b".key")
        run.check("CONFIG SET reads the files again", exchange(client, again, b"+OK\r\n"))
    run.check("and shows them", serial() == first)


def client_certificates(run):
    with run.connect(certificate="alice") as client:
        run.check("a good certificate comes in", exchange(client, b"PING\r\n", b"+PONG\r\n"))
    for name in (None, "forged", "late-alice"):
        run.check(f"{name or 'no certificate'} stays out", run.refuses(certificate=name))
    run.check("memcached asks for one too", run.refuses(port=run.text))


# `default` may say PING, which is how a test sees that the server is there.
USERS = """
users:
  - { name: default, can: [], keys: [] }
  - { name: reader, certificate: alice, can: read, keys: ["a:*"] }
  - { name: writer, certificate: bob }
  - { name: idle, certificate: idle, can: [], keys: [] }
"""
NO_COMMAND = b"-NOPERM this user has no permissions to run the '%s' command\r\n"


def said(client, *words):
    """The first line of the reply, or its second where that is only a length."""
    client.sendall(bulk(*words))
    file = client.makefile("rb")
    line = file.readline()
    return file.readline().strip() if line[:1] == b"$" and line != b"$-1\r\n" else line


def certificate_users(run):
    with run.connect(certificate="bob") as client:
        run.check("bob's certificate makes a writer", said(client, b"ACL", b"WHOAMI") == b"writer")
        run.check("who writes", said(client, b"SET", b"a:1", b"x") == b"+OK\r\n")
    with run.connect(certificate="alice") as client:
        run.check("alice's a reader", said(client, b"ACL", b"WHOAMI") == b"reader")
        run.check("who reads her keys", said(client, b"GET", b"a:1") == b"x")
        run.check("and no others", said(client, b"GET", b"b").startswith(b"-NOPERM"))
        run.check("and does not write",
                  said(client, b"SET", b"a:1", b"y") == NO_COMMAND % b"set")
        run.check("and may not become a writer without a password",
                  said(client, b"AUTH", b"writer", b"").startswith(b"-WRONGPASS"))
    with run.connect(certificate="idle") as client:
        run.check("a user without rights is known", said(client, b"ACL", b"WHOAMI") == b"idle")
        run.check("and does nothing", said(client, b"GET", b"a:1") == NO_COMMAND % b"get")
    for name in ("nobody", None):
        with run.connect(certificate=name) as client:
            run.check(f"{'a name without a user' if name else 'no certificate'} is default",
                      said(client, b"ACL", b"WHOAMI") == b"default")
            run.check("who may not read", said(client, b"GET", b"a:1") == NO_COMMAND % b"get")
    for name, why in (("forged", "another authority's alice"), ("alone", "a self-signed alice"),
                      ("late-alice", "alice of yesterday")):
        run.check(f"{why} stays out", run.refuses(certificate=name))
    with run.connect(run.text, certificate="alice") as client:
        run.check("memcached's alice reads", exchange(
            client, b"get a:1\r\n", b"VALUE a:1 0 1\r\nx\r\nEND\r\n"))
        run.check("and does not write", exchange(
            client, b"set a:1 0 0 1\r\ny\r\n", b"CLIENT_ERROR no permission\r\n"))
    users_taken_out(run)


def users_taken_out(run):
    with run.connect(certificate="alice") as reader, run.connect(certificate="bob") as writer:
        said(reader, b"PING")
        run.write_users(USERS.replace("alice", "nobody"))
        os.kill(run.server.pids()[0], signal.SIGHUP)
        again = wait_until(lambda: whoami(run, "alice") == b"default")
        run.check("a reload gives the reader another certificate", again)
        run.check("which is hers now", whoami(run, "nobody") == b"reader")
        run.write_users(USERS.replace("  - { name: reader", "  - { name: clerk"))
        os.kill(run.server.pids()[0], signal.SIGHUP)
        run.check("a user that is gone is cut", is_ended(reader))
        run.check("the others are not", said(writer, b"GET", b"a:1") == b"x")


def is_ended(client):
    client.settimeout(5)
    try:
        return client.recv(10) == b""
    except OSError:
        return False


def whoami(run, certificate):
    with run.connect(certificate=certificate) as client:
        return said(client, b"ACL", b"WHOAMI")


def wrong_certificates(run):
    """What the server shows: clients that look refuse it, and the server goes on."""
    for name, words in (("late", "certificate has expired"), ("alone", "self-signed certificate"),
                        ("bob", "certificate is not valid for 'localhost'")):
        run.show(name)
        os.kill(run.server.pids()[0], signal.SIGHUP)
        told = wait_until(lambda: words in doubt(run), 5)
        run.check(f"clients find: {words}", told)
    run.check("the log warns of the expired one", "expired on" in run.server.log())
    run.show("server")
    os.kill(run.server.pids()[0], signal.SIGHUP)
    run.check("and are back when it is right", wait_until(lambda: not run.refuses(), 5))


def doubt(run):
    """What a client finds wrong with the server's certificate."""
    try:
        run.connect().close()
    except ssl.SSLCertVerificationError as fault:
        return fault.verify_message
    return ""


def renegotiation(run):
    """openssl s_client asks for a new handshake when it reads R."""
    before = processor_seconds(run)
    for _ in range(20):
        done = subprocess.run(
            ["openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{run.resp}"],
            input="R\n", capture_output=True, text=True, timeout=20)
        if "RENEGOTIATING" not in done.stdout + done.stderr:
            return run.check("openssl s_client asks for a renegotiation", False)
        if done.returncode == 0 or "no renegotiation" not in done.stderr:
            return run.check(f"renegotiation is refused: {done.stderr[-300:]}", False)
    spent = processor_seconds(run) - before
    run.check(f"renegotiation is refused, 20 times for {spent:.2f} s of processor", spent < 1)
    with run.connect() as client:
        run.check("and others are served", exchange(client, b"PING\r\n", b"+PONG\r\n"))


def processor_seconds(run):
    fields = pathlib.Path(f"/proc/{run.server.pids()[0]}/stat").read_text().split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def programs(run):
    if not VENV.exists():
        return run.check("redis-py and pymemcache are there (Tests/Clients/run gets them)", False)
    done = subprocess.run(
        [VENV, CLIENTS, str(run.resp), str(run.text), run.files.folder], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(done.stdout, end="")
    run.check("redis-py and pymemcache", done.returncode == 0)


def checked_files(binary, files):
    """What `larder check` says of certificates. Returns the number of wrong answers."""
    cases = [
        ("late", "late", 0, "larder.yaml:2:21: certificate"), ("late", "late", 0, "expired on 2"),
        ("server", "second", 1, "is not the key of"), ("server", "second", 1, "larder.yaml:3:13: "),
        ("none", "server", 1, "cannot be read"),
        ("none", "server", 1, "larder.yaml:2:21: tls.certificate"),
        ("server", "server", 0, "")]
    failed = 0
    for certificate, key, status, words in cases:
        path = os.path.join(files.folder, "larder.yaml")
        with open(path, "w") as file:
            file.write(
                "listen: { resp-tls: '127.0.0.1:6390' }\n"
                "tls: { certificate: '%s',\n       key: '%s' }"
                % (files.certificate(certificate), files.key(key)))
        done = subprocess.run([binary, "check", path], capture_output=True, text=True)
        holds = done.returncode == status and words in done.stderr
        failed += not holds
        print(f"{'ok' if holds else 'FAILED'}  check {certificate}, {key}: {done.stderr.strip()}")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", required=True)
    binary = parser.parse_args().binary
    failed = 0
    with tempfile.TemporaryDirectory(prefix="larder-test-") as folder:
        files = Certificates(folder)
        failed += checked_files(binary, files)
        parts = [versions_and_trust, wrong_certificates, large_values, subscribers, wrong_ports,
                 renegotiation, slow_reader, programs, reload_under_traffic, never_finished]
        for io in ("libevent", "uring"):
            for clients, users, steps in (
                    ("off", None, parts), ("required", None, [client_certificates]),
                    ("optional", USERS, [certificate_users])):
                print(f"-- {io}, client-certificates: {clients}")
                run = TLSServer(binary, io, files, clients, users)
                with run.server:
                    for step in steps:
                        step(run)
                    run.check("the server still runs", run.server.is_running())
                    run.check("it ends with 0", run.server.stop() == 0)
                failed += run.failed
    print(f"tls: {failed} failed")
    return 1 if failed else 0


server_process.exit_with(main)
