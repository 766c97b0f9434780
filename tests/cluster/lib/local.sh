# shellcheck shell=bash
# CLUSTER=local, the default: a whole cluster of one node in namespaces of its own.

local_supervisor() {
  local pid
  read -r pid 2>/dev/null <"$STATE/supervisor.pid" || return 1
  # Only a process that names this cluster is its supervisor: pids are used again.
  tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "node/supervisor $STATE " && printf '%s\n' "$pid"
}

local_up() {
  local parent=$1 binaries pause supervisor follower=
  require_root "cluster up"
  ensure_packages "${CLUSTER_PACKAGES[@]}" "${BUILD_PACKAGES[@]}" "${IMAGE_PACKAGES[@]}"
  binaries=$(binaries_path)
  pause=$("$CLUSTER_HOME/images/pause")
  lock_cluster
  if local_supervisor >/dev/null && [[ -e $STATE/ready ]]; then
    progress "cluster $NAME is up already"
    printf '%s\n' "$STATE/kubeconfig"
    return
  fi
  local_clear
  mkdir -p "$STATE"/{logs,images,loaded}
  chmod 700 "$STATE"
  ln -f "$pause" "$STATE/images/pause.tar" 2>/dev/null || cp "$pause" "$STATE/images/pause.tar"
  printf '%s\n' "$binaries" >"$STATE/binaries"
  : >"$STATE/progress.log"
  trap 'trap "" INT TERM HUP; progress "interrupted: clearing up"; local_clear; [[ ! $follower ]] || kill "$follower"; exit 130' INT TERM HUP
  PATH=$binaries:$PATH setsid "$CLUSTER_HOME/lib/node/supervisor" "$STATE" "$parent" >"$STATE/progress.log" 2>&1 </dev/null 7>&- &
  supervisor=$!
  tail -n +1 -f --pid=$supervisor "$STATE/progress.log" >&2 7>&- &
  follower=$!
  wait_until 180 local_ready_or_ended "$supervisor" || true
  if [[ ! -e $STATE/ready ]]; then
    local_clear --keep-logs
    # It ends with the supervisor, when it has shown the last line.
    wait "$follower" || true
    die "cluster $NAME did not start; its logs are in $STATE/logs"
  fi
  trap - INT TERM HUP
  kill "$follower"
  wait "$follower" 2>/dev/null || true
  progress "cluster $NAME is up: $STATE/kubeconfig"
  printf '%s\n' "$STATE/kubeconfig"
}

local_ready_or_ended() { [[ -e $STATE/ready ]] || process_gone "$1"; }

local_down() {
  require_root "cluster down"
  lock_cluster
  [[ -e $STATE ]] || { progress "cluster $NAME is not up"; return; }
  local_clear
  progress "cluster $NAME is down"
}

# Whatever there is of the cluster goes: also after a start that came only half the way, or a supervisor killed outright.
local_clear() {
  local supervisor
  if supervisor=$(local_supervisor); then
    kill "$supervisor" 2>/dev/null || true
    wait_until 30 process_gone_or_zombie "$supervisor" || kill -KILL "$supervisor" 2>/dev/null || true
  fi
  node_settings "$STATE" 0
  remove_cgroups "$CGROUP"
  [[ -d $STATE ]] || return 0
  if [[ ${1:-} == --keep-logs ]]; then
    find "$STATE" -mindepth 1 -maxdepth 1 ! -name logs ! -name progress.log -exec rm -rf --one-file-system {} +
  else
    rm -rf --one-file-system "$STATE"
  fi
}

process_gone_or_zombie() { ! process_start_time "$1" >/dev/null; }

local_init() {
  if ! local_supervisor >/dev/null || [[ ! -e $STATE/ready ]]; then
    die "cluster $NAME is not up; start it with: cluster up --name $NAME"
  fi
  printf '%s\n' "$(<"$STATE/init.pid")"
}

# local_node COMMAND...: runs a command in the cluster's namespaces.
local_node() {
  local init
  require_root "cluster node"
  init=$(local_init)
  nsenter -t "$init" --mount --net --pid --ipc --uts -- \
    env KUBECONFIG="$STATE/kubeconfig" PATH="$(<"$STATE/binaries"):$PATH" "$@"
}

local_status() {
  local supervisor
  if ! supervisor=$(local_supervisor) || [[ ! -e $STATE/ready ]]; then
    printf 'cluster %s is not up\n' "$NAME"
    return 1
  fi
  printf 'cluster %s is up (supervisor %s)\nkubeconfig %s\n' "$NAME" "$supervisor" "$STATE/kubeconfig"
  grep 'has ended' "$STATE/progress.log" || true
  cluster_kubectl get nodes -o wide
}

# local_load IMAGE.tar...: an image goes into the node when it is not the one that is there.
local_load() {
  local image id mark
  local_init >/dev/null
  for image in "$@"; do
    mark=$STATE/loaded/$(basename "$image")
    # The manifest names the configuration and the layers by their hashes.
    id=$(tar -xOf "$image" manifest.json | sha256sum)
    if [[ -e $mark && $(<"$mark") == "$id" ]]; then
      progress "$(basename "$image") is in cluster $NAME already"
      continue
    fi
    local_node ctr -n k8s.io images import - <"$image" >/dev/null
    printf '%s\n' "$id" >"$mark"
    progress "$(basename "$image") loaded into cluster $NAME"
  done
}

# local_logs [PROGRAM]: of everything, or of one program.
local_logs() {
  [[ -d $STATE/logs ]] || die "cluster $NAME has no logs"
  if [[ ${1:-} ]]; then
    [[ -e $STATE/logs/$1.log ]] || die "no log of '$1'; there are: $(cd "$STATE/logs" && echo ./*.log)"
    cat "$STATE/logs/$1.log"
  else
    tail -n 20 "$STATE/progress.log" "$STATE"/logs/*.log
  fi
}

local_kubeconfig() {
  [[ -e $STATE/kubeconfig ]] || die "cluster $NAME is not up; start it with: cluster up --name $NAME"
  printf '%s\n' "$STATE/kubeconfig"
}
