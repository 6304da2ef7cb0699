#!/usr/bin/env python3
"""Runs the cases of tests.json with plain Python. The portal runs the same ones in its sandbox, and more of its own."""
import json
import pathlib
import sys
import types
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
HOOKS = {"validate": ("execution", "config"), "sample": ("execution", "state", "config"), "handle": ("event", "config")}


def main():
    manifest = json.loads((HERE / "plugin.json").read_text("utf-8"))
    cases = json.loads((HERE / "tests.json").read_text("utf-8"))["cases"]
    loopai = types.ModuleType("loopai")
    loopai.read = lambda path: (HERE / path).read_text("utf-8")
    sys.modules["loopai"] = loopai
    sys.path.insert(0, str(HERE))
    module = types.ModuleType("plugin")
    module.loopai = loopai
    exec(compile((HERE / manifest["entry"]).read_text("utf-8"), manifest["entry"], "exec"), module.__dict__)
    failed = 0
    for case in cases:
        loopai.fetch = lambda request, case=case: fetch(manifest, case, request)
        try:
            answer = getattr(module, case["hook"])(*(case["arguments"].get(name) for name in HOOKS[case["hook"]]))
            fault = None if has(answer, case["expect"]) else f"expected {json.dumps(case['expect'])}, got {json.dumps(answer)}"
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
        failed += fault is not None
        print(("failed  " if fault else "passed  ") + case["name"] + (f"\n        {fault}" if fault else ""))
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


def fetch(manifest, case, request):
    host = urllib.parse.urlparse(request["url"]).hostname or ""
    declared = manifest["capabilities"].get("network", [])
    if not any(host.endswith(d[1:]) if d.startswith("*.") else host == d for d in declared):
        raise ConnectionError(f"The plugin does not declare the host {host} in capabilities.network.")
    for response in case.get("responses", []):
        if response["url"] == request["url"]:
            body = response.get("body", "")
            return {"status": response.get("status", 200), "headers": {}, "body": body if isinstance(body, str) else json.dumps(body)}
    raise ConnectionError(f"The case has no response for {request['url']}.")


def has(value, expected):
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(key in value and has(value[key], part) for key, part in expected.items())
    if isinstance(expected, list):
        return isinstance(value, list) and len(value) == len(expected) and all(has(v, e) for v, e in zip(value, expected))
    return value == expected and isinstance(value, bool) == isinstance(expected, bool)


sys.exit(main())
