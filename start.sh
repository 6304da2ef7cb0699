#!/usr/bin/env bash
# Starts Loopai: installs what is missing, builds what changed, runs the portal. Ctrl+C stops all of it, the database too.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
portal=$root/Loopai.Portal/bin/Release/net10.0/Loopai.Portal.dll
# shellcheck source=build/setup.sh
. "$root/build/setup.sh"

usage() {
  cat <<'TEXT'
Usage: ./start.sh [--port N] [--data DIR] [--empty] [--Section:Key=value ...]

  --port N     listen on http://localhost:N instead of 8080
  --data DIR   keep the database and everything else in DIR instead of data/
  --empty      start without the demo organization
  --help       this text

Every setting of appsettings.json can also be given as an environment variable (Portal__Url) or as --Portal:Url=value;
docs/configuration.md lists them.
TEXT
}

misused() {
  printf 'Loopai: %s\n\n' "$1" >&2
  usage >&2
  exit 64
}

settings=()
port=8080
export Demo__Enabled=${Demo__Enabled:-true}
while (($# > 0)); do
  # --port=N is --port N.
  if [[ $1 =~ ^(--port|--data)=(.*)$ ]]; then set -- "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${@:2}"; fi
  case $1 in
    --port)
      if [[ ! ${2:-} =~ ^[1-9][0-9]{0,4}$ ]] || (($2 > 65535)); then misused "--port needs a number from 1 to 65535."; fi
      port=$2
      settings+=("--Portal:Url=http://localhost:$2")
      shift 2
      ;;
    --data)
      [[ -n ${2:-} ]] || misused "--data needs a folder."
      settings+=("--Portal:DataDirectory=$(realpath -m -- "$2")")
      shift 2
      ;;
    --empty) Demo__Enabled=false; shift ;;
    -h | --help) usage; exit 0 ;;
    --*:*=*) settings+=("$1"); shift ;;
    *) misused "I do not know $1." ;;
  esac
done

require_dotnet
mapfile -t missing < <(missing_packages)
install_packages "${missing[@]}"
build_portal

# Compiled code is mapped once instead of twice: some 50 MB less memory. The sandbox, not this, keeps foreign code away from the portal.
export DOTNET_EnableWriteXorExecute=${DOTNET_EnableWriteXorExecute:-0}

# Reports are printed by Chromium. Nothing waits for it: it is fetched once the portal listens, where this script may install at all.
if ! has chromium && ((EUID == 0)) && command -v apt-get >/dev/null; then
  (
    for ((second = 0; second < 600; second += 5)); do
      sleep 5
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        install_packages chromium fonts-liberation
        break
      fi
    done
  ) &>/dev/null </dev/null &
fi

# In place of this shell, so that Ctrl+C and a service manager's signals reach the portal itself.
exec dotnet "$portal" "${settings[@]}"
