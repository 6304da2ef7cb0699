#!/usr/bin/env bash
# How fast what dashboards ask is answered, over the roll-ups of a million executions and of a hundred million. Replaces the roll-ups in a running portal's own database: use
# a data folder made for it. Needs a portal with the demo and its embedded database on this machine, as root: bench/analytics/run.sh [http://127.0.0.1:8080] [data]
set -euo pipefail
portal=${1:-http://127.0.0.1:8080}
data=$(realpath "${2:-data}")
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

cluster=$(find "$data/postgres" -name postmaster.pid | head -1)
sockets=$(sed -n 5p "$cluster")
ask() { setpriv --reuid=postgres --regid=postgres --clear-groups psql -X -q -h "$sockets" -U loopai_owner -d loopai "$@"; }
read -r organization environment task < <(ask -At -F ' ' -c "
  SELECT o.id, e.id, t.id FROM organizations o JOIN environments e ON e.organization_id = o.id AND e.key = 'production'
  JOIN tasks t ON t.organization_id = o.id AND t.name = 'Sentence language' LIMIT 1")
ask -c "UPDATE api_keys SET permissions = permissions || ' analytics:read' WHERE permissions NOT LIKE '%analytics:read%'" >/dev/null
for executions in ${COUNTS:-1000000 100000000}; do
  cp fill.sql /tmp/loopai-fill.sql
  ask -v executions="$executions" -v organization="$organization" -v environment="$environment" -v task="$task" -f /tmp/loopai-fill.sql >/dev/null
  rm /tmp/loopai-fill.sql
  echo "$executions executions: $(ask -At -F ' ' -c "SELECT string_agg(format('%s of level %s', n, level), ', ' ORDER BY level) FROM (SELECT level, count(*) AS n FROM execution_rollups GROUP BY level) AS l") roll-ups"
  python3 ask.py "$portal" "$data/first-run.json" "$(head -1 "$cluster")"
done
