#!/usr/bin/env bash
# Throughput and latency of POST /tasks/execute, as a ratio to a bare ASP.NET Core endpoint that echoes the same body, in turn on the same machine.
# First with the demo's own sampling (the body below is unsure, so that four answers of five are checked against the labels), then with one answer in a hundred.
# Needs wrk, and a portal with the demo on this machine: bench/http/run.sh [http://127.0.0.1:8080] [data/first-run.json]
set -euo pipefail
portal=${1:-http://127.0.0.1:8080}
facts=$(realpath "${2:-data/first-run.json}")
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-8}
command -v wrk >/dev/null || { echo "Install wrk first: apt-get install wrk"; exit 1; }

work=$(mktemp -d)
dotnet build -c Release Echo -o "$work/echo" --nologo -v quiet
ASPNETCORE_URLS=http://127.0.0.1:18099 dotnet "$work/echo/Loopai.Bench.Echo.dll" >/dev/null 2>&1 &
echo_server=$!
trap 'kill $echo_server; [[ -f $work/sampling ]] && sample "$(<"$work/sampling")"; rm -rf "$work"' EXIT

python3 - "$portal" "$facts" "$work" <<'P'
import json, sys, urllib.request
portal, facts, work = sys.argv[1:]
key = json.load(open(facts))["apiKey"]
request = urllib.request.Request(portal + "/api/v1/tasks?search=spam", headers={"Authorization": "Bearer " + key})
task = json.load(urllib.request.urlopen(request))["items"][0]["id"]
whole = urllib.request.Request(f"{portal}/api/v1/tasks/{task}", headers={"Authorization": "Bearer " + key})
open(work + "/sampling", "w").write(json.dumps({"sampling": json.load(urllib.request.urlopen(whole))["sampling"]}))
open(work + "/task", "w").write(task)
body = {"taskId": task, "input": {"subject": "Minutes of the meeting", "from": "ada@acme.example", "body": ""}}
text = "please find the minutes of the meeting and the report on the project below "
body["input"]["body"] = (text * 9)[:300 - len(json.dumps(body))]
open(work + "/body.json", "w").write(json.dumps(body))
open(work + "/key", "w").write(key)
P
until curl -sf http://127.0.0.1:18099/health >/dev/null; do sleep 0.2; done

sample() {
  curl -sf -X PATCH -H "Authorization: Bearer $(<"$work/key")" -H "Content-Type: application/json" -d "$1" "$portal/api/v1/tasks/$(<"$work/task")" >/dev/null
}

export BODY=$work/body.json
measure() { wrk -t2 -c"$2" -d"${seconds}s" --latency -s post.lua "$1" | awk '/50%|99%/ {q[$1]=$2} /Requests\/sec/ {r=$2} /Non-2xx/ {bad=$NF} END {print r, q["50%"], q["99%"], bad+0}'; }
compare() {
  for connections in 32 256; do
    for ((round = 0; round < rounds; round++)); do
      read -r floor p50 p99 bad < <(KEY= measure http://127.0.0.1:18099/echo "$connections")
      printf '%-6s %-12s %10s %10s %10s %8s\n' "$connections" echo "$floor" "$p50" "$p99" "$bad"
      read -r rate p50 p99 bad < <(KEY=$(<"$work/key") measure "$portal/api/v1/tasks/execute" "$connections")
      printf '%-6s %-12s %10s %10s %10s %8s %8s\n' "$connections" "$1" "$rate" "$p50" "$p99" "$bad" "$(awk -v a="$rate" -v b="$floor" 'BEGIN {printf "%.2f", a/b}')"
    done
  done
}
printf '%-6s %-12s %10s %10s %10s %8s %8s\n' conns what requests/s p50 p99 failed ratio
compare "demo's own"
sample '{"sampling":{"rate":0.01,"lowConfidenceRate":0,"oracle":"labels"}}'
compare '1 % checked'
wrk -t1 -c1 -d5s --latency "$portal/health" | awk '/50%|99%/ {q[$1]=$2} END {print "/health p50", q["50%"], "p99", q["99%"]}'
