"""Scenarios of several connections: what a file of them says, and how one is played on a server.

A file holds scenarios one behind the other. A title begins with `==`, `#` is a comment, and each
other line is a step:

    == a write of another client breaks the watch
    a: WATCH key
    b: SET key 1
    a: MULTI
    a: GET key
    a: EXEC

| step | what it does |
|---|---|
| `a: WORDS` | client a sends a command and takes one reply |
| `a> WORDS` | a sends a command, and the reply waits |
| `a< 2` | a takes two replies, or messages that the server pushes; `a<` takes one |
| `a~ WORDS` | like `a:`, and the reply is not compared: it differs from server to server |
| `a: WORDS => $id` | the reply is not compared, and `$id` stands for it in later steps |
| `a! WORDS` | like `a:`, until the reply is what the last `a=` says, at most for some seconds |
| `a= :0` | the reply that the next `a!` waits for, written as its first line |
| `50 a: WORDS` | sends a command fifty times, then takes the replies |
| `50 a> WORDS` | sends it fifty times; the replies wait |
| `raw a: TEXT` | sends text as it is, `\\r\\n` for a line end, and takes one reply |
| `m: get key` | a client whose name begins with m speaks memcached; the reply ends as its do |
| `a is silent` | nothing comes for a moment |
| `a is closed` | the server ends a's connection, whatever else it sends before |
| `a closes` | a ends its connection |
| `wait 30ms` | time passes |
| `! WHAT` | says something of the whole scenario, see below |

Words are parted by blanks; `"a b"`, `\\x00` and `''` are read as a shell would, and `{100}` stands
for a hundred bytes. Clients come to be with their first step, in RESP2; when the scenario is played
in RESP3 all say HELLO 3 first.

| mark | meaning |
|---|---|
| `! resp 3` | only in this protocol |
| `! needs NAME` | left out, and told, while larder does not know NAME, or `CLIENT PAUSE` |
| `! lacks TEXT` | larder is known to differ: once it does not, the mark has to go |
"""
import re
import shlex
import socket
import time

from wire import encoded

PATIENCE = 10
SILENCE = 0.15
STEP = re.compile(r"^(?:(\d+) )?(raw )?(\w+)([:>~!=<]) ?(.*)$", re.DOTALL)
STATE = re.compile(r"^(\w+) (is silent|is closed|closes)$")


class ScenarioError(Exception):
    """The file says something that cannot be understood."""


class Scenario:
    def __init__(self, title, place):
        self.title, self.place = title, place
        self.steps, self.marks = [], {}

    def runs_in(self, protocol):
        return self.marks.get("resp", str(protocol)) == str(protocol)


def read(path):
    """The scenarios of a file."""
    scenarios = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = line.strip()
        place = f"{path.name}:{number}"
        if text.startswith("== "):
            scenarios.append(Scenario(text[3:], place))
        elif not text or text.startswith("#"):
            continue
        elif not scenarios:
            raise ScenarioError(f"{place}: a title, '== TITLE', comes first")
        elif text.startswith("! "):
            name, _, value = text[2:].partition(" ")
            if name not in ("resp", "needs", "lacks"):
                raise ScenarioError(f"{place}: no such mark: {name}")
            scenarios[-1].marks[name] = value
        else:
            scenarios[-1].steps.append((place, text))
    return scenarios


def words_of(text, names):
    """The words of a command, as bytes."""
    for name, value in names.items():
        text = text.replace(name, value)
    words = []
    for word in shlex.split(text, posix=True):
        data = word.encode().decode("unicode_escape").encode("latin-1")
        words.append(re.sub(rb"\{(\d+)\}", lambda found: b"x" * int(found.group(1)), data))
    return words


class Client:
    """One connection; what it receives is kept as bytes."""

    def __init__(self, port, is_text):
        self.is_text = is_text
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.wanted = None

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionError:
            data = b""
        if not data:
            raise EOFError
        self.received += data

    def take(self, count):
        while len(self.received) < count:
            self.more()
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def line(self):
        while b"\r\n" not in self.received:
            self.more()
        return self.take(self.received.index(b"\r\n") + 2)

    def reply(self):
        """The bytes of one whole reply or message, or what became of the connection."""
        try:
            return self.text_reply() if self.is_text else self.resp_reply()
        except EOFError:
            return self.received + b"(closed)"
        except TimeoutError:
            return self.received + b"(no reply)"

    def resp_reply(self):
        reply = self.line()
        kind, rest = reply[:1], reply[1:-2]
        if kind in b"$=!":
            if int(rest) >= 0:
                reply += self.take(int(rest) + 2)
        elif kind in b"*~>%|":
            for _ in range(max(0, int(rest)) * (2 if kind in b"%|" else 1)):
                reply += self.resp_reply()
        return reply

    def text_reply(self):
        reply = self.line()
        if reply.startswith((b"VALUE ", b"VA ")):
            words = reply.split()
            reply += self.take(int(words[3 if words[0] == b"VALUE" else 1]) + 2)
            if words[0] == b"VALUE":
                reply += self.text_reply()
        elif reply.startswith(b"STAT "):
            reply += self.text_reply()
        return reply

    def is_silent(self):
        self.socket.settimeout(SILENCE)
        try:
            self.more()
        except TimeoutError:
            pass
        except EOFError:
            return b"(closed)"
        finally:
            self.socket.settimeout(PATIENCE)
        return self.received or b"(silent)"

    def is_closed(self):
        try:
            while True:
                self.received = b""
                self.more()
        except EOFError:
            return b"(closed)"
        except TimeoutError:
            return b"(open)"


class Play:
    """One scenario on one server."""

    def __init__(self, server, protocol):
        self.server, self.protocol = server, protocol
        self.clients, self.names = {}, {}
        self.transcript = []

    def client(self, name):
        if name not in self.clients:
            is_text = name.startswith("m")
            client = Client(self.server.text if is_text else self.server.resp, is_text)
            if self.protocol == 3 and not is_text:
                client.send(encoded("HELLO", "3"))
                client.reply()
            self.clients[name] = client
        return self.clients[name]

    def run(self, scenario):
        """Plays all steps; returns what there is to compare: place, step and bytes of each."""
        try:
            for place, step in scenario.steps:
                found = self.step(place, step)
                if found is not None:
                    self.transcript.append((place, step, found))
        finally:
            for client in self.clients.values():
                client.socket.close()
        return self.transcript

    def step(self, place, text):
        if text.startswith("wait ") and text.endswith("ms"):
            time.sleep(int(text[5:-2]) / 1000)
            return None
        state = STATE.match(text)
        if state:
            return self.look(state.group(1), state.group(2))
        found = STEP.match(text)
        if not found:
            raise ScenarioError(f"{place}: not a step: {text}")
        count, raw, name, kind, rest = found.groups()
        return self.talk(self.client(name), int(count or 1), bool(raw), kind, rest)

    def look(self, name, what):
        client = self.client(name)
        if what == "closes":
            client.socket.close()
            del self.clients[name]
            return None
        return client.is_silent() if what == "is silent" else client.is_closed()

    def talk(self, client, count, is_raw, kind, rest):
        if kind == "=":
            client.wanted = rest.encode()
            return None
        if kind == "<":
            return b"".join(client.reply() for _ in range(int(rest or 1)))
        text, _, variable = rest.partition(" => ")
        request = self.request(client, text, is_raw)
        if kind == "!":
            return self.ask_until(client, request)
        client.send(request * count)
        if kind == ">":
            return None
        reply = b"".join(client.reply() for _ in range(count))
        if variable:
            self.names[variable] = reply.split(b"\r\n")[-2].lstrip(b":+$").decode()
            return None
        return None if kind == "~" else reply

    def request(self, client, text, is_raw):
        if is_raw:
            return text.encode().decode("unicode_escape").encode("latin-1")
        words = words_of(text, self.names)
        if client.is_text:
            return text.replace("\\r\\n", "\r\n").encode() + b"\r\n"
        return encoded(*words)

    def ask_until(self, client, request):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            client.send(request)
            reply = client.reply()
            if reply.split(b"\r\n")[0] == client.wanted:
                return reply
            time.sleep(0.01)
        return reply + b"(not in time)"
