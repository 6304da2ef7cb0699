#!/usr/bin/env bash
# Adds a migration of the same name for both database providers, from the one model: build/add-migration.sh AddSomething
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:?give the migration a name, such as AddSomething}
export LOOPAI_MIGRATIONS=true   # brings in the design-time package, which ordinary builds do without
dotnet tool restore
for provider in Postgres SqlServer; do
  dotnet ef migrations add "$name" --project Loopai.Infrastructure --startup-project Loopai.Infrastructure \
    --context "${provider}MigrationContext" --output-dir "$provider/Migrations"
done
