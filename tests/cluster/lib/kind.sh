# shellcheck shell=bash
# CLUSTER=kind: kind on a Docker engine.

kind_up() {
  command -v kind >/dev/null || die "CLUSTER=kind needs the program kind (https://kind.sigs.k8s.io) and a Docker engine"
  mkdir -p "$STATE"
  if kind get clusters 2>/dev/null | grep -qx "$NAME"; then
    progress "kind's cluster $NAME is up already"
    kind export kubeconfig --name "$NAME" --kubeconfig "$STATE/kubeconfig" >&2
  else
    kind create cluster --name "$NAME" --kubeconfig "$STATE/kubeconfig" --wait 180s >&2 || die "kind could not create the cluster $NAME"
  fi
  printf '%s\n' "$STATE/kubeconfig"
}

kind_down() {
  kind delete cluster --name "$NAME" --kubeconfig "$STATE/kubeconfig" >&2
  rm -rf "$STATE"
}

kind_status() {
  [[ -e $STATE/kubeconfig ]] || { printf "kind's cluster %s is not up\n" "$NAME"; return 1; }
  cluster_kubectl get nodes -o wide
}

kind_load() {
  local image
  for image in "$@"; do
    kind load image-archive "$image" --name "$NAME" >&2
    progress "$(basename "$image") loaded into kind's cluster $NAME"
  done
}

kind_logs() {
  kind export logs "$STATE/logs" --name "$NAME" >&2
  printf '%s\n' "$STATE/logs"
}

kind_node() { docker exec --interactive "$NAME-control-plane" "$@"; }

kind_kubeconfig() {
  [[ -e $STATE/kubeconfig ]] || die "kind's cluster $NAME is not up; start it with: CLUSTER=kind cluster up --name $NAME"
  printf '%s\n' "$STATE/kubeconfig"
}
