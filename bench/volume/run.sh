#!/usr/bin/env bash
# How lists, filters and task pages answer with a million executions in the database. Fills a running portal's own database once, then asks.
# Needs a portal with the demo and its embedded database on this machine, as root: bench/volume/run.sh [http://127.0.0.1:8080] [data]
set -euo pipefail
portal=${1:-http://127.0.0.1:8080}
data=$(realpath "${2:-data}")
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
count=${COUNT:-1000000}

cluster=$(find "$data/postgres" -name postmaster.pid | head -1)
sockets=$(sed -n 5p "$cluster")
ask() { setpriv --reuid=postgres --regid=postgres --clear-groups psql -X -q -h "$sockets" -U loopai_owner -d loopai "$@"; }
read -r organization environment task < <(ask -At -F ' ' -c "
  SELECT o.id, e.id, t.id FROM organizations o JOIN environments e ON e.organization_id = o.id AND e.key = 'production'
  JOIN tasks t ON t.organization_id = o.id AND t.name = 'Spam filter' LIMIT 1")
stored=$(ask -At -c "SELECT count(*) FROM executions")
if ((stored < count)); then
  echo "Filling the database with $count executions ..."
  cp fill.sql /tmp/loopai-fill.sql
  ask -v count="$count" -v organization="$organization" -v environment="$environment" -v task="$task" -f /tmp/loopai-fill.sql >/dev/null
  rm /tmp/loopai-fill.sql
fi
echo "$(ask -At -c "SELECT count(*) FROM executions") executions stored"
python3 ask.py "$portal" "$data/first-run.json" "$task"
