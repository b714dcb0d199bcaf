"""A server with TLS listeners, and what tests of it say and ask."""
import os
import shutil
import socket
import ssl
import time

import server_process
from server_process import free_port


class TLSServer:
    """One server with TLS, and the checks of it."""

    def __init__(self, binary, io, files, clients="off", users=None):
        self.files, self.failed, self.checks = files, 0, 0
        self.shown = os.path.join(files.folder, "shown")
        self.show("server")
        self.resp, self.text = free_port(), free_port()
        self.users_path = os.path.join(files.folder, "users.yaml")
        if users:
            self.write_users(users)
        self.server = server_process.Server(binary, flags=[
            *([self.users_path] if users else []),
            "--listen.resp-tls", f"127.0.0.1:{self.resp}",
            "--listen.memcached-tls", f"127.0.0.1:{self.text}",
            "--tls.certificate", self.shown + ".pem", "--tls.key", self.shown + ".key",
            "--tls.ca", files.certificate("ca"), "--tls.client-certificates", clients,
            "--server.io", io, "--memory.limit", "512mb", "--clients.max", "5000"])

    def show(self, name):
        """Puts a certificate where the server reads it."""
        shutil.copy(self.files.certificate(name), self.shown + ".pem")
        shutil.copy(self.files.key(name), self.shown + ".key")

    def write_users(self, text):
        with open(self.users_path, "w") as file:
            file.write(text)

    def check(self, what, holds):
        self.checks += 1
        self.failed += not holds
        print(f"{'ok' if holds else 'FAILED'}  {what}", flush=True)

    def context(self, authority="ca", certificate=None, version=None):
        context = ssl.create_default_context(cafile=self.files.certificate(authority))
        if certificate:
            context.load_cert_chain(self.files.certificate(certificate),
                                    self.files.key(certificate))
        if version:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
        return context

    def connect(self, port=None, host="localhost", **manner):
        raw = socket.create_connection(("127.0.0.1", port or self.resp), timeout=20)
        return self.context(**manner).wrap_socket(raw, server_hostname=host)

    def refuses(self, **manner):
        """Whether there is no conversation. In TLS 1.3 the server judges after the client."""
        try:
            with self.connect(**manner) as client:
                client.sendall(b"PING\r\n")
                return client.recv(10) == b""
        except OSError:
            return True

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.server.pids()[0]}/fd"))

    def resident(self):
        with open(f"/proc/{self.server.pids()[0]}/statm") as file:
            return int(file.read().split()[1]) * 4096


def exchange(client, request, expected):
    client.sendall(request)
    return receive(client, len(expected)) == expected


def receive(client, count):
    parts, left = [], count
    while left:
        part = client.recv(min(left, 1 << 20))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def bulk(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
