# shellcheck shell=bash disable=SC2015
# What start.sh and test.sh share: what the machine needs, and building no more than has changed. They set $root to the repository
# and $portal to the built program.
: "${root:?}" "${portal:=}"

say() { if [[ -t 1 ]]; then printf '\033[2m==>\033[0m %s\n' "$*"; else printf '==> %s\n' "$*"; fi; }
fail() { printf 'Loopai: %s\n' "$*" >&2; exit 1; }

# Runs a command with its output kept back, and shows it only when it fails.
quietly() {
  local what=$1 log started=$SECONDS
  shift
  log=$(mktemp)
  say "$what ..."
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    fail "$what failed; what it said is above."
  fi
  rm -f "$log"
  say "$what: done in $((SECONDS - started)) s"
}

require_dotnet() {
  local place
  if ! command -v dotnet >/dev/null; then
    for place in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
      if [[ -n $place && -x $place/dotnet ]]; then export PATH="$PATH:$place"; break; fi
    done
  fi
  command -v dotnet >/dev/null && [[ $(dotnet --list-sdks) =~ (^|$'\n')10\. ]] ||
    fail "the .NET 10 SDK is missing. Get it from https://dotnet.microsoft.com/download/dotnet/10.0, then run this again."
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}

# The system's own programs: the sandbox gives programs /usr and nothing else, so a python3 of a home folder does not count.
has() { PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin command -v "$1" >/dev/null; }
has_postgres() { has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
has_icu() { [[ ${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-} == 1 ]] || compgen -G '/usr/lib/*/libicuuc.so.*' >/dev/null || compgen -G '/usr/lib*/libicuuc.so.*' >/dev/null; }

# The Debian packages that running the portal needs and this machine lacks, one a line. ICU's package is named after its version.
missing_packages() {
  has_postgres || echo postgresql
  has bwrap || echo bubblewrap
  has node || echo nodejs
  command -v npm >/dev/null || echo npm
  has python3 || echo python3
  has setpriv || echo util-linux
  has_icu || echo '^libicu[0-9]+$'
  [[ -e /etc/ssl/certs/ca-certificates.crt ]] || echo ca-certificates
  [[ -e /usr/share/zoneinfo/UTC ]] || echo tzdata
}

# Installs the named packages as root, and tells everybody else the one command.
install_packages() {
  (($# > 0)) || return 0
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    fail "this machine lacks $*. Run this once, then start again:

  sudo sh -c \"apt-get update && apt-get install -y --no-install-recommends $(printf "'%s' " "$@")\""
  fi
  # Debian's package would make and start a database cluster of its own, which nobody asked for.
  if has_word postgresql "$@" && [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  # Likewise a directory server: without a configuration of its own it does not start.
  if has_word slapd "$@"; then echo 'slapd slapd/no_configuration boolean true' | debconf-set-selections; fi
  export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
  quietly "Fetching the list of packages" apt-get update
  quietly "Installing $*" apt-get install -y --no-install-recommends "$@"
}

has_word() {
  local word=$1 each
  shift
  for each in "$@"; do [[ $each == "$word" ]] && return 0; done
  return 1
}

# One line that changes when any source file does: names, sizes and times, so that a removed file counts and a second start is quick.
fingerprint() {
  find "$root"/{Loopai.Core,Loopai.Infrastructure,Loopai.Portal,build,Directory.Build.props,Directory.Packages.props,.editorconfig,appsettings.json} \
    \( -name bin -o -name obj -o -name node_modules -o -path '*/wwwroot/lib' -o -path '*/wwwroot/_framework' \) -prune \
    -o -type f -printf '%p %s %T@\n' | sort | sha256sum
}

# Restores and builds the portal, unless nothing changed since the last time.
build_portal() {
  local stamp=$root/Loopai.Portal/obj/start.fingerprint now
  now=$(fingerprint)
  if [[ -f $stamp && -f $portal && $(<"$stamp") == "$now" ]]; then return 0; fi
  quietly "Building Loopai" dotnet build "$root/Loopai.Portal" --configuration Release --nologo --verbosity quiet
  printf '%s\n' "$now" >"$stamp"
}
