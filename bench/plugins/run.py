#!/usr/bin/env python3
"""What plugins cost executions: throughput and latency of POST /tasks/execute with plugins on the task, as a ratio to the same without any, in turn on the same machine.

Needs wrk, and a portal with the demo; the key may manage and publish plugins, and read, write and run tasks:
  KEY=lpk_... bench/plugins/run.py [http://127.0.0.1:8080]
It makes the publisher bench-plugins, with plugins that hang, throw and eat memory for the body that is sent, and takes everything off the task again at the end.
"""
import io, json, os, re, subprocess, sys, tempfile, time, urllib.error, urllib.request, zipfile
from statistics import median

portal = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080").rstrip("/")
rounds, seconds, connections = int(os.environ.get("ROUNDS", 5)), int(os.environ.get("SECONDS_EACH", 4)), 32
here = os.path.dirname(os.path.abspath(__file__))


def call(method, path, body=None, kind="application/json", allow=()):
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{portal}/api/v1/{path}", data, {"Authorization": "Bearer " + os.environ["KEY"], "Content-Type": kind}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as refused:
        if refused.code in allow:
            return None
        raise SystemExit(f"{method} {path}: {refused.code} {refused.read().decode()}")


def package(name, code):
    manifest = {
        "id": f"bench-plugins.{name}", "version": "1.0.0", "displayName": name, "description": "For the benchmark of plugins.", "kind": "validator", "language": "python",
        "entry": "main.py", "apiVersion": "^1.0", "license": "MIT", "categories": [], "keywords": [], "configuration": {"type": "object", "properties": {}},
        "capabilities": {"input": "*", "timeoutMs": 2000, "memoryMb": 64},
    }
    case = {"name": "another mail", "hook": "validate", "arguments": {"execution": {"input": {"subject": "x"}}, "config": {}}, "expect": {"verdict": "pass"}}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        for path, text in {"plugin.json": json.dumps(manifest), "main.py": code, "README.md": f"# {name}\n", "CHANGELOG.md": "## 1.0.0\n", "LICENSE": "MIT License\n",
                           "tests.json": json.dumps({"cases": [case]})}.items():
            files.writestr(path, text)
    return packed.getvalue()


def publish(name, bad):
    key = f"bench-plugins.{name}"
    if call("GET", f"plugins/{key}", allow=(404,)) is None:
        code = f"def validate(execution, config):\n    if (execution.get('input') or {{}}).get('subject') == 'Minutes of the meeting':\n        {bad}\n    return {{'verdict': 'pass'}}\n"
        sent = call("POST", "plugin-submissions", package(name, code), "application/zip")
        while sent["state"] in ("waiting", "running"):
            time.sleep(0.5)
            sent = call("GET", f"plugin-submissions/{sent['id']}")
        if sent["state"] != "published":
            raise SystemExit(f"{key} was not published: {json.dumps(sent['steps'])}")
    return key


def measure(work, task):
    body = {"taskId": task, "input": {"subject": "Minutes of the meeting", "from": "ada@acme.example", "body": ""}}
    body["input"]["body"] = ("please find the minutes of the meeting and the report on the project below " * 9)[: 300 - len(json.dumps(body))]
    with open(f"{work}/body.json", "w") as file:
        json.dump(body, file)
    said = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", f"{here}/../http/post.lua", f"{portal}/api/v1/tasks/execute"],
        env={**os.environ, "BODY": f"{work}/body.json"}, capture_output=True, text=True, check=True).stdout
    in_ms = {"us": 0.001, "ms": 1, "s": 1000}
    percentile = {p: float(n) * in_ms[u] for p, n, u in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)", said)}
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), percentile["50"], percentile["99"], int(failed[1]) if failed else 0


task = next(t for t in call("GET", "tasks?search=spam")["items"])
call("POST", "publishers", {"name": "bench-plugins", "displayName": "Benchmark"}, allow=(409,))
ways = {
    "a validator, every execution": [("loopai.regex-dictionary", {"field": "output", "allowed": ["spam", "ham"]})],
    "a sampler": [("loopai.stratified-reservoir", {"perHour": 20})],
    "validators that hang, throw and eat memory": [
        (publish("hangs", "while True: pass"), {}), (publish("throws", "raise ValueError('no')"), {}), (publish("eats", "kept = [bytearray(1 << 20) for _ in range(1000)]"), {})],
}
installed = {i["key"]: i for i in call("GET", "plugin-installations")["items"]}
ours = []
for key, configuration in (p for plugins in ways.values() for p in plugins):
    if key not in installed:
        installed[key] = call("POST", "plugin-installations", {"key": key, "configuration": configuration, "acceptCapabilities": True})
        ours.append(installed[key]["id"])

sampling = task["sampling"]
call("PATCH", f"tasks/{task['id']}", {"sampling": {"rate": 0.01, "lowConfidenceRate": 0, "oracle": "labels"}})
attached = []
try:
    with tempfile.TemporaryDirectory() as work:
        measure(work, task["id"])
        print(f"{'':44}{'requests/s':>12}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}{'failed':>8}")
        for way, plugins in ways.items():
            seen = {False: [], True: []}
            for _ in range(rounds):
                seen[False].append(measure(work, task["id"]))
                attached = [call("POST", "plugin-installations/attachments", {"installationId": installed[k]["id"], "taskId": task["id"], "scope": "all"})["id"] for k, _ in plugins]
                time.sleep(12)  # A sampler's worker is ready within ten seconds.
                seen[True].append(measure(work, task["id"]))
                while attached:
                    call("DELETE", f"plugin-installations/attachments/{attached.pop()}")
                for key, _ in plugins:
                    call("POST", f"plugin-installations/{installed[key]['id']}/release")
            ratio = median(w[0] / o[0] for o, w in zip(seen[False], seen[True]))
            for name, which in (("without", False), (way, True)):
                rate, p50, p99 = (median(r[i] for r in seen[which]) for i in range(3))
                print(f"{name:44}{rate:12,.0f}{ratio if which else 1:8.2f}{p50:9.1f}{p99:9.1f}{sum(r[3] for r in seen[which]):8}")
finally:
    for one in attached:
        call("DELETE", f"plugin-installations/attachments/{one}")
    for one in ours:
        call("DELETE", f"plugin-installations/{one}", allow=(409,))
    call("PATCH", f"tasks/{task['id']}", {"sampling": sampling})
