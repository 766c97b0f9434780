# shellcheck shell=bash
# Names and addresses of one cluster. A slot number keeps the networks of clusters that run side by side apart.

cluster_state() { printf '%s\n' "$CACHE/clusters/$1"; }

check_cluster_name() {
  [[ $1 =~ ^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$ ]] ||
    die "cluster name '$1': up to 20 lower-case letters, digits and hyphens, with a letter or digit at both ends"
}

# node_settings STATE SLOT
node_settings() {
  STATE=$1 SLOT=$2
  PKI=$STATE/pki
  CLUSTER_NODE=$(basename "$STATE")-node
  NODE_ADDRESS=10.199.$SLOT.1
  NODE_PREFIX=25
  # The link between the host and the cluster.
  LINK=mo-cluster$SLOT
  LINK_HOST=10.199.$SLOT.129
  LINK_NODE=10.199.$SLOT.130
  POD_CIDR=10.244.$SLOT.0/24
  SERVICE_CIDR=10.96.$((SLOT * 16)).0/20
  SERVICE_ADDRESS=10.96.$((SLOT * 16)).1
  API_PORT=6443
  CGROUP=model-operator-$(basename "$STATE")
}

# Picks the first slot that no cluster of this user holds and whose networks the host has no route to. The lock is held
# (as file 8) for as long as the calling process lives.
pick_slot() {
  local slot
  mkdir -p "$CACHE/clusters/.slots"
  for slot in {0..15}; do
    node_settings "$STATE" "$slot"
    exec 8>"$CACHE/clusters/.slots/$slot"
    flock --nonblock 8 || continue
    [[ -n $(ip -4 route show root "10.199.$slot.0/24")$(ip -4 route show root "$POD_CIDR")$(ip -4 route show root "$SERVICE_CIDR") ]] || return 0
  done
  die "no network is free: sixteen clusters are up, or the host has routes to 10.96.0.0/16, 10.199.0.0/16 and 10.244.0.0/16"
}
