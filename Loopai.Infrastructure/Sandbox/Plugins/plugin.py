# The worker that runs one Python plugin inside the sandbox. The frames are those of worker.py; what they carry is JSON:
#   to the worker    first the packages {"packages": [{"key", "entry", "files": {path: base64}, "dependencies": {key: index}}]}, of which the first is
#                    the plugin; then calls {"hook", "arguments"}, and replies to what it asked {"status", "headers", "body"} or {"error"}
#   from the worker  kind 0 {"value", "printed"}, 1 and 2 {"error", "printed"}, 3 a request {"method", "url", "headers", "body"}
import binascii
import builtins
import io
import json
import os
import struct
import sys
import threading

ANSWER, FAILED, SPENT, ASK = 0, 1, 2, 3
CHANNEL = 3
MAX_OUTPUT, MEMORY_MB = int(sys.argv[1]), sys.argv[2]
MAX_MESSAGE, MAX_PRINTED = 2000, 8192
HOOKS = {"validate": ("execution", "config"), "sample": ("execution", "state", "config"), "handle": ("event", "config")}


class Printed(io.TextIOBase):
    """Keeps the end of what is printed."""
    text = ""

    def writable(self):
        return True

    def write(self, text):
        self.text = (self.text + text)[-MAX_PRINTED:]
        return len(text)


class Package:
    """One package: its files are modules of its own, whatever those of others are called."""

    def __init__(self, packages, key, entry, files, dependencies):
        self.key, self.entry = key, entry
        self.files = {path: binascii.a2b_base64(text) for path, text in files.items()}
        self.modules = {}
        self.loopai = type(sys)("loopai")
        self.loopai.fetch = fetch
        self.loopai.read = lambda path: self.read(path)  # a bound method would lead to this object
        self.loopai.require = lambda wanted: packages[dependencies[wanted]].main() if wanted in dependencies else undeclared(wanted)
        self.builtins = {**vars(builtins), "__import__": self.find}

    def read(self, path):
        """The text of one of the package's files."""
        if path not in self.files:
            raise FileNotFoundError("the package has no file " + str(path))
        return self.files[path].decode("utf-8")

    def main(self):
        return self.load(self.entry.removesuffix(".py").replace("/", "."), self.entry)

    def path_of(self, name):
        path = name.replace(".", "/")
        return next((p for p in (path + ".py", path + "/__init__.py") if p in self.files), None)

    def is_folder(self, name):
        return any(path.startswith(name.replace(".", "/") + "/") for path in self.files)

    def load(self, name, path):
        if name in self.modules:
            return self.modules[name]
        module = type(sys)(name)
        module.__dict__.update(__builtins__=self.builtins, loopai=self.loopai)
        self.modules[name] = module
        if path is not None:
            module.__file__ = path
            try:
                exec(compile(self.files[path], path, "exec", dont_inherit=True), module.__dict__)
            except BaseException:
                del self.modules[name]
                raise
        return module

    def find(self, name, scope=None, local=None, wanted=(), level=0):
        if level > 0:
            raise ImportError("import from the package's root: relative imports are not for plugins")
        if name == "loopai":
            return self.loopai
        first = name.partition(".")[0]
        if self.path_of(first) is None and not self.is_folder(first):
            return __import__(name, scope, local, wanted, level)
        module, root = None, None
        for end, part in enumerate(name.split("."), 1):
            full = ".".join(name.split(".")[:end])
            path = self.path_of(full)
            if path is None and not self.is_folder(full):
                raise ModuleNotFoundError("No module named '" + full + "'")
            loaded = self.load(full, path)
            if module is None:
                root = loaded
            else:
                setattr(module, part, loaded)
            module = loaded
        for attribute in wanted or ():
            path = self.path_of(name + "." + attribute)
            if path is not None and not hasattr(module, attribute):
                setattr(module, attribute, self.load(name + "." + attribute, path))
        return module if wanted else root


def undeclared(key):
    raise LookupError(str(key) + " is not among the package's dependencies")


def start(read=os.read, write=os.write, loads=json.loads, encode=json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode,
        request=struct.Struct("<II"), answer=struct.Struct("<IIBd")):
    turn = threading.Lock()
    current = [None]  # the sequence number of the call that is being answered

    def receive():
        frame = read(CHANNEL, 65536)
        while frame and (len(frame) < 8 or len(frame) < 8 + request.unpack_from(frame)[0]):
            more = read(CHANNEL, 1048576)
            if not more:
                os._exit(0)
            frame += more
        if not frame:
            os._exit(0)
        return request.unpack_from(frame)[1], frame[8:]

    def send(sequence, kind, payload):
        frame = answer.pack(len(payload), sequence, kind, 0.0) + payload
        while frame:
            frame = frame[write(CHANNEL, frame):]

    def finish(sequence, kind, value):
        # A thread of the plugin that waits for a reply is waited for: its reply must not be taken for the next call.
        with turn:
            current[0] = None
            send(sequence, kind, value if isinstance(value, bytes) else encode(value).encode("utf-8", "replace"))

    def fail(sequence, text, kind=FAILED):
        finish(sequence, kind, {"error": text[:MAX_MESSAGE].encode("utf-8", "replace").decode("utf-8"), "printed": printed.text})

    def fetch(wanted):
        """Lets the host ask a declared address; the answer has status, headers and body."""
        data = encode(wanted).encode("utf-8")
        with turn:
            if current[0] is None:
                raise RuntimeError("loopai.fetch works during a call only")
            send(current[0], ASK, data)
            said = loads(receive()[1])
        if "error" in said:
            raise ConnectionError(said["error"])
        return said

    globals()["fetch"] = fetch
    printed = sys.stdout = sys.stderr = Printed()

    def run(sequence, payload):
        call = loads(payload)
        name, arguments = call["hook"], call["arguments"]
        hook = getattr(main, name, None)
        if not callable(hook):
            return fail(sequence, f"the plugin does not define {name}({', '.join(HOOKS[name])})")
        value = hook(*(arguments.get(argument) for argument in HOOKS[name]))
        try:
            data = encode({"value": value, "printed": printed.text}).encode("utf-8")
        except MemoryError:
            raise
        except Exception as error:
            return fail(sequence, f"{name} returned a value that JSON cannot express: {error}")
        if len(data) > MAX_OUTPUT:
            return fail(sequence, f"{name} returned {len(data):,} bytes of JSON; at most {MAX_OUTPUT:,} are allowed")
        finish(sequence, ANSWER, data)

    # Given back when memory runs out, so that there is room to say so.
    cushion = bytearray(1 << 20)
    sequence, source = receive()
    packages = []
    try:
        packages.extend(Package(packages, **package) for package in loads(source)["packages"])
        main = packages[0].main()
    except BaseException as error:
        return fail(sequence, describe(error, packages))
    del source
    finish(sequence, ANSWER, b"")

    while True:
        sequence, payload = receive()
        printed.text, current[0] = "", sequence
        try:
            run(sequence, payload)
        except MemoryError as error:
            cushion = None
            return fail(sequence, describe(error, packages), SPENT)
        except BaseException as error:
            fail(sequence, describe(error, packages))


def describe(error, packages):
    """Type, message and the line of the plugin: what its author can act on, and nothing of the machine."""
    try:
        message = f"the plugin ran out of memory (limit {MEMORY_MB} MB)" if isinstance(error, MemoryError) else str(error)
    except Exception:
        message = ""
    files = {path for package in packages for path in package.files}
    place = None
    if isinstance(error, SyntaxError) and error.filename in files:
        place, message = (error.filename, error.lineno), error.msg
    trace = error.__traceback__
    while trace is not None and not isinstance(error, SyntaxError):
        if trace.tb_frame.f_code.co_filename in files:
            place = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    text = type(error).__name__ + (": " + message if message else "")
    return text if place is None else f"{text} ({place[0]}, line {place[1]})"


start()
