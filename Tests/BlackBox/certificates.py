"""Certificates for one test run, made with the openssl tool."""
import os
import subprocess


class Certificates:
    """`files.certificate("server")` and `files.key("server")` are paths."""

    def __init__(self, folder):
        self.folder = folder
        names = "DNS:localhost,IP:127.0.0.1"
        self.make("ca", "our authority", authority=True)
        self.make("stranger", "mallory", authority=True)
        self.make("server", "one", names)
        self.make("second", "two", names + ",DNS:two.test")
        self.make("late", "late", names, days=-1)
        self.make("alice", "alice")
        self.make("late-alice", "alice", days=-1)
        self.make("bob", "bob")
        self.make("idle", "idle")
        self.make("nobody", "nobody")
        self.make("forged", "alice", issuer="stranger")
        self.make("alone", "alice", names, authority=True)

    def certificate(self, name):
        return os.path.join(self.folder, name + ".pem")

    def key(self, name):
        return os.path.join(self.folder, name + ".key")

    def make(self, name, common_name, names=None, days=30, issuer="ca", authority=False):
        """`days` of -1 makes one that ended yesterday."""
        request, extensions = self.certificate(name) + ".csr", self.certificate(name) + ".ext"
        with open(extensions, "w") as file:
            file.write(f"basicConstraints=CA:{'TRUE' if authority else 'FALSE'}\n")
            if names:
                file.write(f"subjectAltName={names}\n")
        self.openssl(
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", f"/CN={common_name}", "-keyout", self.key(name), "-out", request)
        signer = ["-key", self.key(name)] if authority else [
            "-CA", self.certificate(issuer), "-CAkey", self.key(issuer)]
        self.openssl(
            "x509", "-req", "-in", request, *signer, "-days", str(days), "-extfile", extensions,
            "-out", self.certificate(name))

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(arguments)}: {done.stderr}")
