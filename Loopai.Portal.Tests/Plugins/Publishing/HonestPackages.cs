using Loopai.Portal.Tests.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>Packages as honest authors write them, with much in them that looks like harm to a scanner that greps.</summary>
internal static class HonestPackages
{
    private const string Any = """{"cases":[{"name":"answers","hook":"validate","arguments":{"execution":{"output":{"label":"spam"}},"config":{}},"expect":{}}]}""";

    public static IEnumerable<CorpusPackage> All() => [.. Python(), .. JavaScript(), .. Others()];

    private static IEnumerable<CorpusPackage> Python()
    {
        yield return Ok("Python: the plainest validator", GivenPackage.Validator());
        yield return Py("re.compile", "import re\nPATTERN = re.compile('^a')\n", "bool(PATTERN.match(text))");
        yield return Py("compile imported from re", "from re import compile\nPATTERN = compile('^a')\n", "bool(PATTERN.match(text))");
        yield return Py("a function of its own called open", "def open(text):\n    return text.strip()\n", "open(text) == text");
        yield return Py("a parameter called input", "def clean(input):\n    return input.lower()\n", "clean(text) == text");
        yield return Py("a variable called exec", "def run(exec):\n    return exec + 1\n", "run(1) == 2");
        yield return Py("a class with a method eval", "class Rule:\n    def eval(self, text):\n        return len(text) < 10\n", "Rule().eval(text)");
        yield return Py("getattr with a plain name", "", "getattr(text, 'lower')() == text");
        yield return Py("getattr with a default", "from collections import Counter\n", "getattr(Counter(text), 'total', lambda: 0)() >= 0");
        yield return Py("json, math and decimal", "import json, math\nfrom decimal import Decimal\n", "math.isfinite(float(Decimal(len(json.dumps(text)))))");
        yield return Py("dates", "from datetime import datetime, timezone\nSTART = datetime(2026, 1, 1, tzinfo=timezone.utc)\n", "START.year == 2026");
        yield return Py("dataclasses and enums", "from dataclasses import dataclass\nfrom enum import Enum\n\nclass Kind(Enum):\n    A = 1\n\n@dataclass\nclass Rule:\n    kind: Kind = Kind.A\n", "Rule().kind is Kind.A");
        yield return Py("base64 of its own text", "import base64\n", "base64.b64decode(base64.b64encode(text.encode())).decode() == text");
        yield return Py("hashes of what it knows", $"import hashlib\nKNOWN = {{'{new string('a', 63)}1', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'}}\n", "hashlib.sha256(text.encode()).hexdigest() not in KNOWN");
        yield return Py("a table of numbers", "PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]\n", "sum(map(int, ['1', '2'])) < len(text) + max(PRIMES)");
        yield return Py("words of other alphabets", "WORDS = {'спам', 'σπαμ', '垃圾邮件', 'überweisung'}\n", "text not in WORDS");
        yield return Py("emoji with joiners", "FAMILY = '👩‍👩‍👧'\n", "FAMILY not in text");
        yield return Py("pages parted by form feeds", "import re\n\f\nPATTERN = re.compile('^a')\n\f\n", "bool(PATTERN.match(text))");
        yield return Py("urllib.parse", "from urllib.parse import urlparse\n", "urlparse(text).scheme == ''");
        yield return Py("import urllib.parse", "import urllib.parse\n", "urllib.parse.quote(text) != ''");
        yield return Py("difflib and statistics", "import difflib, statistics\n", "statistics.mean([difflib.SequenceMatcher(None, text, 'ham').ratio()]) <= 1");
        yield return Py("a comment about eval", "# Never eval(text) or os.system(text) here: __import__('os') is what attackers want.\n", "True");
        yield return Py("a comprehension called map", "", "[len(word) for word in text.split()] != [0]");
        yield return Py("a long pattern", $"import re\nWORDS = re.compile(r'\\b({string.Join('|', Enumerable.Range(0, 150).Select(i => $"word{i:x}"))})\\b')\n", "not WORDS.search(text)");
        yield return Py("a generator with a closure", "def words(limit):\n    def inner(text):\n        return [w for w in text.split() if len(w) < limit]\n    return inner\n", "words(9)(text) is not None");
        yield return Ok("Python: modules of its own", GivenPackage.Validator("from lib.rules import check\nimport lib.words as words\n\ndef validate(execution, config):\n    return {'verdict': 'pass' if check(execution) or words.ALL else 'fail'}\n")
            .Tests(Any).File("lib/__init__.py", "").File("lib/rules.py", "def check(execution):\n    return bool(execution.get('output'))\n").File("lib/words.py", "ALL = ['a']\n"));
        yield return Ok("Python: a dictionary in a file", GivenPackage.Validator("import json\nWORDS = json.loads(loopai.read('words.json'))\n\ndef validate(execution, config):\n    return {'verdict': 'pass' if len(WORDS) else 'fail'}\n").Tests(Any)
            .File("words.json", "[" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"w{i * 7919 % 100_003:x}\"")) + "]"));
        yield return Ok("Python: a declared host", GivenPackage.Validator("""
            import json

            def validate(execution, config):
                try:
                    said = loopai.fetch({"method": "POST", "url": "https://api.example.com/check", "headers": {"authorization": "Bearer " + str(config.get("apiKey"))},
                                         "body": json.dumps({"label": execution["output"].get("label")})})
                except ConnectionError:
                    return {"verdict": "unknown", "reason": "the service did not answer"}
                return {"verdict": "pass" if said["status"] == 200 else "fail"}

            """).With("configuration", """{"type":"object","properties":{"apiKey":{"type":"string","writeOnly":true}}}""")
            .With("capabilities", """{"network":["api.example.com"],"secrets":["apiKey"],"output":["label"],"timeoutMs":1000}""")
            .Tests("""{"cases":[{"name":"asks","hook":"validate","arguments":{"execution":{"output":{"label":"spam"}},"config":{"apiKey":"k"}},"responses":[{"url":"https://api.example.com/check","status":200,"body":"{}"}],"expect":{"verdict":"pass"}}]}"""));
        yield return Ok("Python: a sampler that is random", GivenPackage.Sampler("import random\n\ndef sample(execution, state, config):\n    return {'sample': random.random() < 0.1, 'probability': 0.1}\n"));
        yield return Ok("Python: a reservoir with state", GivenPackage.Sampler("import random\n\ndef sample(execution, state, config):\n    seen = (state or {}).get('seen', 0) + 1\n    p = min(1.0, 20 / seen)\n    return {'sample': random.random() < p, 'probability': p, 'state': {'seen': seen}}\n"));
    }

    private static IEnumerable<CorpusPackage> JavaScript()
    {
        yield return Ok("JavaScript: the plainest validator", GivenPackage.Validator(language: "javascript"));
        yield return Js("exec of a pattern", "const PATTERN = /^a(b*)/;\n", "PATTERN.exec(text) === null");
        yield return Js("the name of a constructor", "", "text.constructor.name === 'String'");
        yield return Js("a class with a constructor", "class Rule { constructor(limit) { this.limit = limit; } eval(text) { return text.length < this.limit; } }\n", "new Rule(9).eval(text)");
        yield return Js("a parameter called process", "const clean = (process, input) => process + input;\n", "clean('a', text).length > 0");
        yield return Js("a function of its own called fetch", "function fetch(text) { return text; }\n", "fetch(text) === text");
        yield return Js("keys of an object by a variable", "const limits = { low: 1, high: 9 };\n", "limits[config.level ?? 'low'] < 10");
        yield return Js("keys like those it must not use", "const words = { process: 1, eval: 2, Function: 3 };\n", "words.process + words.eval + words.Function === 6");
        yield return Js("crypto's hash", "const { createHash } = require('crypto');\n", "createHash('sha256').update(text).digest('hex').length === 64");
        yield return Js("node:util and url", "const util = require('node:util');\nconst { URL } = require('url');\n", "util.isDeepStrictEqual(text, text) && new URL('https://a.example/').host !== text");
        yield return Js("a template and a spread", "const join = (...parts) => `${parts.join('-')}`;\n", "join(...text).length >= 0");
        yield return Js("a map, a set and a generator", "function* words(text) { for (const w of text.split(' ')) yield w; }\n", "new Set(words(text)).size > 0");
        yield return Js("base64 of its own text", "", "Buffer.from(Buffer.from(text).toString('base64'), 'base64').toString() === text");
        yield return Js("a comment about eval", "// Never eval(text): new Function(text) runs anything, and process.env has secrets.\n", "true");
        yield return Js("prototypes of its own class", "class A {}\nA.prototype.check = () => true;\n", "new A().check()");
        yield return Js("a timer with a function", "const later = f => setTimeout(f, 1);\n", "typeof later === 'function'");
        yield return Ok("JavaScript: a promise", GivenPackage.Validator("exports.validate = async ({ output }) => {\n  await Promise.resolve();\n  return { verdict: output && output.label ? 'pass' : 'unknown' };\n};\n", "javascript").Tests(Any));
        yield return Ok("JavaScript: a plain function", GivenPackage.Validator("'use strict';\nfunction validate(execution, config) {\n  return { verdict: 'pass', score: 1 };\n}\n", "javascript").Tests(Any));
        yield return Ok("JavaScript: modules of its own", GivenPackage.Validator("const { check } = require('./lib/rules');\nconst words = require('./words.json');\nexports.validate = e => ({ verdict: check(e, words) ? 'pass' : 'fail' });\n", "javascript")
            .Tests(Any).File("lib/rules.js", "module.exports.check = (execution, words) => words.length > 0;\n").File("words.json", "[\"a\"]"));
        yield return Ok("JavaScript: a handler for a chat", GivenPackage.Handler("""
            exports.handle = (event, config) => {
              if (!config.webhookUrl) return null;
              return { requests: [{ method: 'POST', url: config.webhookUrl, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text: `${event.type}` }) }] };
            };
            """));
        yield return Ok("JavaScript: a handler that shortens", GivenPackage.Handler("exports.handle = event => event.type.startsWith('execution.') ? { payload: { id: event.id, type: event.type } } : null;"));
        yield return Ok("JavaScript: a sampler by hash", GivenPackage.Sampler("exports.sample = (execution, state, config) => ({ sample: String(execution.id).length % 10 === 0, probability: 0.1 });", "javascript"));
    }

    private static IEnumerable<CorpusPackage> Others()
    {
        yield return Ok("a picture and screenshots", GivenPackage.Validator().With("icon", "\"icon.png\"").With("screenshots", "[\"images/one.jpg\"]")
            .File("icon.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]).File("images/one.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0]));
        yield return Ok("examples of secrets in its README", GivenPackage.Validator().File("README.md", "# Guard\n\nSet `password = \"your-password-here\"` or `apiKey: \"xxxxxxxxxxxxxxxxxxxxxxxx\"`.\n\nAKIAIOSFODNN7EXAMPLE is an example.\n"));
        yield return Ok("Arabic in its README", GivenPackage.Validator().File("README.md", "# حارس\n\nيتحقق من التسميات.\u200F\n"));
        yield return Ok("a copyleft licence", GivenPackage.Validator().With("license", "\"GPL-3.0-or-later\""));
        yield return Ok("terms of its own", GivenPackage.Validator().With("license", "\"LicenseRef-acme\"").File("LICENSE", "Ask us.\n"));
        yield return Ok("a pre-release", GivenPackage.Validator(version: "2.0.0-beta.1"));
        yield return Ok("a long line of data in JSON", GivenPackage.Validator().File("table.json", "[" + string.Join(',', Enumerable.Range(0, 3000)) + "]"));
    }

    private static CorpusPackage Ok(string name, GivenPackage package) => new(name, package.Build(), null);

    private static CorpusPackage Py(string name, string above, string condition) => Ok($"Python: {name}", GivenPackage.Validator(
        $"{above}\ndef validate(execution, config):\n    text = str(execution['output'].get('label') or 'none')\n    return {{'verdict': 'pass' if {condition} else 'fail'}}\n").Tests(Any));

    private static CorpusPackage Js(string name, string above, string condition) => Ok($"JavaScript: {name}", GivenPackage.Validator(
        $"{above}exports.validate = function (execution, config) {{\n  const text = String(execution.output.label ?? 'none');\n  return {{ verdict: {condition} ? 'pass' : 'fail' }};\n}};\n", "javascript").Tests(Any));
}
