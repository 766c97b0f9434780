# shellcheck shell=bash
# CLUSTER=current: the cluster of the current kubeconfig, which is neither started nor stopped, only checked.

current_up() {
  cluster_kubectl version >&2 || die "the cluster of the current kubeconfig does not answer"
  current_kubeconfig
}

current_down() { progress "the cluster of the current kubeconfig is left as it is"; }

current_status() { cluster_kubectl get nodes -o wide; }

current_load() {
  cat >&2 <<TEXT
cluster: images cannot be put into the nodes of the current cluster from here. Push them to a registry it pulls from,
for example with skopeo:
$(for image in "$@"; do printf '  skopeo copy docker-archive:%s docker://REGISTRY/%s:TAG\n' "$image" "$(basename "$image" .tar)"; done)
and install with these names: charts/model-operator/values.yaml says which values hold them.
TEXT
}

current_logs() { die "the logs of the current cluster's own programs are on its nodes"; }

current_node() { die "there is no way into the nodes of the current cluster from here"; }

# KUBECONFIG may be a list of files, which kubectl knows how to read; a single file is what programs want.
current_kubeconfig() { printf '%s\n' "${KUBECONFIG:-$HOME/.kube/config}"; }
