# shellcheck shell=bash
# A bare API server (etcd and kube-apiserver) on free loopback ports, for tests of code that speaks to Kubernetes.

# api_up DIR PARENT: returns when DIR/kubeconfig works. With a PARENT pid it goes when that process does.
api_up() {
  local dir=$1 parent=$2 binaries
  ensure_packages "${CLUSTER_PACKAGES[@]}"
  binaries=$(kubernetes_binaries)
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  [[ ! -e $dir/supervisor.pid ]] || die "an API server is already in $dir; stop it with: cluster api-down --dir $dir"
  PATH=$binaries:$PATH setsid "$CLUSTER_HOME/lib/api-supervisor" "$dir" "$parent" >"$dir/supervisor.log" 2>&1 </dev/null &
  local supervisor=$!
  # shellcheck disable=SC2064 # the pid of now
  trap "kill $supervisor 2>/dev/null; wait $supervisor; exit 130" INT TERM HUP
  if ! wait_until 90 api_ready_or_ended "$dir" "$supervisor" || [[ ! -e $dir/ready ]]; then
    tail -n 20 "$dir"/*.log >&2 || true
    kill "$supervisor" 2>/dev/null || true
    wait "$supervisor" || true
    die "the API server did not start"
  fi
  trap - INT TERM HUP
  progress "API server ready: $dir/kubeconfig"
  printf '%s\n' "$dir/kubeconfig"
}

api_ready_or_ended() { [[ -e $1/ready ]] || process_gone "$2"; }

# api_down DIR: does nothing where there is none.
api_down() {
  local dir=$1 pid
  [[ -e $dir/supervisor.pid ]] || return 0
  pid=$(<"$dir/supervisor.pid")
  # Only a process that names this folder is the supervisor: pids are used again.
  if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "api-supervisor $(cd "$dir" && pwd)"; then
    kill "$pid" 2>/dev/null || true
    wait_until 20 process_gone "$pid" || die "the API server's supervisor $pid does not end"
  fi
  rm -rf "$dir"/{pki,etcd,kubeconfig,ready,supervisor.pid,supervisor.log,etcd.log,kube-apiserver.log}
  [[ ! -d $dir ]] || rmdir --ignore-fail-on-non-empty "$dir"
}
