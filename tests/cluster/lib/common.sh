# shellcheck shell=bash
# What every script here needs: strict mode, where things are, progress lines, errors.
set -euo pipefail

CLUSTER_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/model-operator
# Exported, so that the scripts started by this one go on counting from the same moment.
export CLUSTER_STARTED=${CLUSTER_STARTED:-$EPOCHREALTIME}
# ip, runc, iptables and conntrack are in sbin, which is not in everybody's path.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# Progress goes to stderr: stdout is for what a caller reads (a path, a name).
progress() {
  local elapsed=$(( (${EPOCHREALTIME/./} - ${CLUSTER_STARTED/./}) / 100000 ))
  printf '%3d.%d s  %s\n' $((elapsed / 10)) $((elapsed % 10)) "$*" >&2
}

die() {
  printf 'cluster: %s\n' "$*" >&2
  exit 1
}

require_root() {
  [[ $EUID == 0 ]] || die "$1 needs root (namespaces, cgroups, packages); run it as root, or use CLUSTER=kind or CLUSTER=current"
}

# wait_until SECONDS COMMAND...: polls ten times a second.
wait_until() {
  local tries=$(($1 * 10))
  shift
  until "$@"; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}

process_gone() { ! kill -0 "$1" 2>/dev/null; }

# Pids are used again: a process is known by its pid and the moment it started.
process_start_time() {
  local stat fields
  # Not $(<file), which ends a script with `set -e` when there is no such file, whatever stands around it.
  read -r -d '' stat 2>/dev/null <"/proc/$1/stat" || [[ ${stat:-} ]] || return 1
  # After the name, which is in brackets and may hold anything: state is the first field, the start time the 20th.
  read -ra fields <<<"${stat##*) }"
  # A zombie has ended, though nobody has collected it yet.
  [[ ${fields[0]} != Z ]] && printf '%s\n' "${fields[19]}"
}
