"""Asks what the built-in dashboards' panels ask, each ROUNDS times in turn, for a day, a week and a month; prints the median and the 95th percentile in milliseconds,
and how many milliseconds of a processor the portal and its database took for one question: that holds on a busy machine, too."""
import datetime
import http.client
import json
import os
import sys
import time
import urllib.parse

portal, facts, postmaster = sys.argv[1:]
rounds = int(os.environ.get("ROUNDS", "20"))
key = json.load(open(facts))["apiKey"]
connection = http.client.HTTPConnection(urllib.parse.urlparse(portal).netloc)
panels = {
    "one number": {"metrics": "executions"},
    "executions by task": {"metrics": "executions", "dimensions": "task", "over": True},
    "by status": {"metrics": "executions", "dimensions": "status", "over": True},
    "by key, p95": {"metrics": "executions,errorRate,latencyP95Ms", "dimensions": "key"},
    "by team": {"metrics": "executions,errors,cost", "dimensions": "team"},
    "accuracy": {"metrics": "accuracy,accuracyLow,accuracyHigh", "over": True},
    "accuracy by task": {"metrics": "accuracy", "dimensions": "task", "over": True},
    "by version": {"metrics": "executions,validated,accuracy,accuracyLow,accuracyHigh", "dimensions": "version"},
    "percentiles": {"metrics": "latencyP50Ms,latencyP95Ms,latencyP99Ms", "over": True},
    "p95 by task": {"metrics": "latencyP95Ms", "dimensions": "task", "over": True},
    "cost per execution": {"metrics": "costPerExecution", "dimensions": "task", "over": True},
    "cost, with the period before": {"metrics": "cost", "dimensions": "task", "over": True, "compareTo": "previousPeriod"},
}
# As boards choose it: minutes are wide enough for hours only.
ranges = {"a day": (1, "hour"), "a week": (7, "hour"), "a month": (29, "day")}


def get(path):
    started = time.perf_counter()
    connection.request("GET", "/api/v1" + path, headers={"Authorization": "Bearer " + key})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status} {body[:600]}")
    return (time.perf_counter() - started) * 1000


def parent(process):
    with open(f"/proc/{process}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[1]


def worked():
    """Milliseconds of a processor, of the portal, which started the database, and of the database's processes."""
    ticks = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            if process in (postmaster, server) or parent(process) == postmaster:
                with open(f"/proc/{process}/stat") as stat:
                    ticks += sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
        except FileNotFoundError:
            pass
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def path(panel, days, interval):
    now = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)
    asked = {k: v for k, v in panel.items() if k != "over"}
    asked |= {"from": (now - datetime.timedelta(days=days)).isoformat(), "to": now.isoformat()} | ({"top": 8} if "dimensions" in panel else {})
    return "/analytics/query?" + urllib.parse.urlencode(asked | ({"interval": interval} if panel.get("over") else {}))


# The portal keeps a watch between itself and the database.
server = parent(parent(postmaster))
all_times = []
print(f"{'p50 / p95 ms (CPU ms)':30}" + "".join(f"{name:>26}" for name in ranges))
for name, panel in panels.items():
    line = f"{name:30}"
    for days, interval in ranges.values():
        address = path(panel, days, interval)
        get(address)
        before = worked()
        times = sorted(get(address) for _ in range(rounds))
        all_times += times
        line += f"{times[rounds // 2]:9.1f} /{times[int(rounds * 0.95)]:7.1f} ({(worked() - before) / rounds:6.1f})"
    print(line)
all_times.sort()
print(f"all: p50 {all_times[len(all_times) // 2]:.1f}, p95 {all_times[int(len(all_times) * 0.95)]:.1f}, slowest {all_times[-1]:.1f}")
