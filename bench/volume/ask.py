"""Asks each address ROUNDS times, one after the other, and prints the median and the 95th percentile in milliseconds."""
import datetime
import http.client
import json
import os
import sys
import time
import urllib.parse

portal, facts, task = sys.argv[1:]
rounds = int(os.environ.get("ROUNDS", "60"))
key = json.load(open(facts))["apiKey"]
connection = http.client.HTTPConnection(urllib.parse.urlparse(portal).netloc)


def get(path):
    started = time.perf_counter()
    connection.request("GET", "/api/v1" + path, headers={"Authorization": "Bearer " + key})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status} {body[:300]}")
    return (time.perf_counter() - started) * 1000, json.loads(body)


def day(back):
    return urllib.parse.quote((datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=back)).isoformat())


cursor = None
for _ in range(40):
    cursor = get(f"/executions?limit=200&taskId={task}" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))[1]["nextCursor"]
addresses = {
    "executions, newest": "/executions?limit=50",
    "executions of a task": f"/executions?limit=50&taskId={task}",
    "executions, page 41 of 200": f"/executions?limit=200&taskId={task}&cursor={urllib.parse.quote(cursor)}",
    "executions that failed": f"/executions?limit=50&taskId={task}&status=error",
    "executions that failed, all tasks": "/executions?limit=50&status=error",
    "executions of version 1": f"/executions?limit=50&taskId={task}&version=1",
    "executions of a day": f"/executions?limit=50&from={day(20)}&to={day(19)}",
    "executions that timed out (none)": f"/executions?limit=50&taskId={task}&status=timeout",
    "one execution": "/executions/" + get("/executions?limit=1")[1]["items"][0]["id"],
    "tasks": "/tasks",
    "a task": f"/tasks/{task}",
    "a task's quality": f"/tasks/{task}/quality",
    "overview, a day": "/overview?range=24h",
    "overview, a month": "/overview?range=30d",
}
floor = sorted(get("/organization")[0] for _ in range(rounds))
print(f"{'':36} {'p50 ms':>8} {'p95 ms':>8}\n{'floor: the organization':36} {floor[rounds // 2]:8.1f} {floor[int(rounds * 0.95)]:8.1f}")
for name, path in addresses.items():
    times = sorted(get(path)[0] for _ in range(rounds))
    print(f"{name:36} {times[rounds // 2]:8.1f} {times[int(rounds * 0.95)]:8.1f}")
