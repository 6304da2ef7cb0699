# Looks for what a Python plugin must not do, in its syntax tree. Runs in the sandbox as a plugin does, for the sources are a stranger's.
import ast
import re

SAFE = set("""__future__ abc base64 binascii bisect calendar collections contextlib copy csv dataclasses datetime decimal difflib enum fractions functools hashlib heapq hmac html
ipaddress itertools json loopai math numbers operator random re statistics string struct textwrap time typing unicodedata urllib.parse uuid zlib zoneinfo""".split())

UNSAFE = {
    "code.process": "os posix nt subprocess multiprocessing threading concurrent asyncio signal pty resource sched _thread _posixsubprocess",
    "code.network": "socket ssl http urllib ftplib smtplib poplib imaplib telnetlib socketserver xmlrpc selectors select webbrowser requests httpx aiohttp urllib3 _socket",
    "code.filesystem": "io pathlib shutil tempfile glob fileinput mmap fcntl sqlite3 dbm shelve zipfile tarfile gzip bz2 lzma linecache _io",
    "code.native": "ctypes cffi _ctypes distutils sysconfig",
    "code.dynamic": "importlib builtins pickle marshal code codeop runpy zipimport pkgutil imp types _pickle dill cloudpickle",
    "code.reflection": "sys inspect gc site atexit dis traceback tracemalloc faulthandler weakref ast symtable",
}
MODULES = {module: rule for rule, modules in UNSAFE.items() for module in modules.split()}

NAMES = {
    **dict.fromkeys(("eval", "exec", "compile", "__import__"), "code.dynamic"),
    **dict.fromkeys(("globals", "locals", "vars", "__builtins__", "__loader__", "__spec__"), "code.reflection"),
    **dict.fromkeys(("open", "input", "breakpoint"), "code.filesystem"),
    **dict.fromkeys(("exit", "quit"), "code.process"),
}

ATTRIBUTES = set("""__subclasses__ __globals__ __builtins__ __code__ __closure__ __bases__ __base__ __mro__ mro __import__ __loader__ __spec__ __getattribute__ __reduce__
__reduce_ex__ __self__ __dict__ __func__ __wrapped__ __traceback__ f_globals f_locals f_builtins f_back gi_frame gi_code cr_frame ag_frame tb_frame tb_next func_globals _getframe attrgetter methodcaller""".split())

WORDS = re.compile("|".join(sorted(a for a in ATTRIBUTES if a.startswith("__"))))
BLOB = re.compile(r"\A(?:[A-Za-z0-9+/_-]{400,}={0,2}|(?:[0-9a-fA-F]{2}){200,})\Z")
DECODERS = {"b64decode", "b32decode", "b16decode", "b85decode", "a85decode", "urlsafe_b64decode", "unhexlify", "a2b_base64", "a2b_hex", "fromhex", "decompress"}
LATIN = re.compile("[A-Za-z]")
LOOKALIKE = re.compile("[\u0370-\u03ff\u0400-\u052f]")


def validate(execution, config):
    files = execution["files"]
    modules = {path[:-3].replace("/", ".").removesuffix(".__init__") for path in files} | {path.split("/")[0].removesuffix(".py") for path in files}
    findings = []
    for path in sorted(files):
        try:
            tree = ast.parse(files[path], path)
            Scan(path, modules, findings).run(tree)
        except SyntaxError as error:
            findings.append(["code.syntax", path, error.lineno, f"This is not Python: {error.msg}."])
        except (RecursionError, MemoryError, ValueError) as error:
            findings.append(["code.syntax", path, 1, f"This cannot be read as Python: {type(error).__name__}."])
    return {"findings": findings[:200]}


class Scan(ast.NodeVisitor):
    def __init__(self, path, modules, findings):
        self.path, self.modules, self.findings = path, modules, findings
        self.scopes, self.top, self.blobs, self.decodes = [], {}, [], False

    def run(self, tree):
        # Only what the top level binds without a condition hides a built-in, and only from there on.
        for statement in tree.body:
            for name in bound(statement) if not isinstance(statement, (ast.If, ast.For, ast.While, ast.Try, ast.With)) else ():
                self.top.setdefault(name, statement.lineno)
        self.visit(tree)
        for line in self.blobs if self.decodes else ():
            self.add("obfuscation.blob", line, "A long encoded text is decoded by this file; nobody can read what is in it.")

    def add(self, rule, where, message):
        self.findings.append([rule, self.path, where if isinstance(where, int) else where.lineno, message])

    def hidden(self, name, node):
        return any(name in scope for scope in self.scopes) or self.top.get(name, node.lineno + 1) <= node.lineno

    def scope(self, node):
        arguments = node.args
        names = {a.arg for a in arguments.posonlyargs + arguments.args + arguments.kwonlyargs + [a for a in (arguments.vararg, arguments.kwarg) if a]}
        for decorator in getattr(node, "decorator_list", []):
            self.visit(decorator)
        for default in arguments.defaults + [d for d in arguments.kw_defaults if d]:
            self.visit(default)
        body = node.body if isinstance(node.body, list) else [node.body]
        shared = {name for inner in within(body) if isinstance(inner, (ast.Global, ast.Nonlocal)) for name in inner.names}
        for statement in body:
            names |= set(bound(statement))
        self.scopes.append(names - shared)
        for statement in body:
            self.visit(statement)
        self.scopes.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = scope

    def module(self, name, node):
        first = name.split(".")[0]
        if name in SAFE or first in SAFE and first != "urllib" or first in self.modules:
            return
        rule = MODULES.get(first)
        self.add(rule or "code.module", node, f"It imports {name}, which plugins cannot use." if rule else f"It imports {name}, which is not in the package and not among the modules for plugins.")

    def visit_Import(self, node):
        for alias in node.names:
            self.module(alias.name, node)

    def visit_ImportFrom(self, node):
        if node.level == 0:
            self.module("urllib.parse" if node.module == "urllib" and all(a.name == "parse" for a in node.names) else node.module, node)
        for alias in node.names:
            if alias.name in ATTRIBUTES:
                self.add("code.reflection", node, f"It imports {alias.name}, which leads out of the sandbox's rules.")
            if alias.name in DECODERS:
                self.decodes = True

    def visit_Name(self, node):
        if node.id in NAMES and isinstance(node.ctx, ast.Del):
            self.add(NAMES[node.id], node, f"It deletes its own name {node.id}, so that the built-in one is meant.")
        elif node.id in NAMES and isinstance(node.ctx, ast.Load) and not self.hidden(node.id, node):
            self.add(NAMES[node.id], node, f"It uses {node.id}, which plugins must not.")
        if LATIN.search(node.id) and LOOKALIKE.search(node.id):
            self.add("obfuscation.lookalike", node, f"The name {node.id} mixes alphabets, so that it looks like another.")

    def visit_Attribute(self, node):
        if node.attr in ATTRIBUTES:
            self.add("code.reflection", node, f"It reads .{node.attr}, which leads around what plugins may do.")
        if node.attr in DECODERS:
            self.decodes = True
        self.generic_visit(node)

    def visit_Call(self, node):
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name in ("getattr", "setattr", "delattr") and not self.hidden(name, node) and len(node.args) > 1:
            wanted = node.args[1]
            if not (isinstance(wanted, ast.Constant) and isinstance(wanted.value, str)):
                self.add("code.reflection", node, f"It calls {name} with a name that is only known when it runs.")
            elif wanted.value in ATTRIBUTES or wanted.value in NAMES:
                self.add("code.reflection", node, f"It calls {name} for {wanted.value}.")
        if name in ("bytes", "bytearray", "map") and any(numbers(a) for a in node.args):
            self.add("obfuscation.codes", node, "It makes a text of a list of numbers, so that nobody can read it.")
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join" and any(self.codes(a) for a in node.args):
            self.add("obfuscation.codes", node, "It makes a text of a list of numbers, so that nobody can read it.")
        self.generic_visit(node)

    def codes(self, node):
        return any(isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "chr" for inner in ast.walk(node)) and any(numbers(inner) for inner in ast.walk(node))

    def visit_BinOp(self, node):
        if isinstance(node.op, ast.Add):
            parts = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "chr"]
            if len(parts) >= 4:
                self.add("obfuscation.codes", node, "It puts a text together from numbers, so that nobody can read it.")
                return
            text = folded(node)
            if text and (text in NAMES or text in MODULES or WORDS.search(text)):
                self.add("obfuscation.pieces", node, f"It puts the word {text} together from pieces.")
        self.generic_visit(node)

    def visit_Constant(self, node):
        value = node.value
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if isinstance(value, str):
            if WORDS.search(value):
                self.add("code.reflection", node, "A text names what leads around what plugins may do.")
            if BLOB.match(value.replace("\n", "")):
                self.blobs.append(node.lineno)


def numbers(node):
    return isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) >= 8 and all(isinstance(e, ast.Constant) and isinstance(e.value, int) for e in node.elts)


def folded(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = folded(node.left), folded(node.right)
        return left + right if left is not None and right is not None else None
    return None


def within(body):
    """All nodes of these statements, but not what lies in functions and classes of their own."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def bound(statement):
    for node in within([statement]):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
