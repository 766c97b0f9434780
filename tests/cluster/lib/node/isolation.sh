# shellcheck shell=bash
# What the node sees of the machine: runs as the first process of its own mount, network, pid, ipc and uts namespaces.

isolate_mounts() {
  # kubelet and containerd want their mounts to be shared among themselves; the host's are out of reach already.
  mount --make-rshared /
  mount -t tmpfs -o mode=755 run /run
  mkdir -p /run/lock /run/netns /run/var/{upper,work} /run/cgroup /run/sysctl
  mount -t overlay -o lowerdir=/var,upperdir=/run/var/upper,workdir=/run/var/work var /var
  mount -t tmpfs etcd "$STATE/etcd"
  # A sysfs of the new network namespace, with the cgroups of the old one.
  mount --rbind /sys/fs/cgroup /run/cgroup
  mount -t sysfs sysfs /sys
  mount --rbind /run/cgroup /sys/fs/cgroup
  # No resolver of the host can be reached from in here: an unreachable one costs 5 s a look-up.
  printf 'nameserver %s\n' "$NODE_ADDRESS" >/run/resolv.conf
  mount --bind /run/resolv.conf "$(readlink -f /etc/resolv.conf)"
  shield_sysctls
  hostname "$CLUSTER_NODE"
}

# kubelet sets these, and they hold for the whole machine: show it files that have the values it wants.
shield_sysctls() {
  local setting name
  for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    name=${setting%=*}
    [[ -e /proc/sys/$name ]] || continue
    mkdir -p "/run/sysctl/$(dirname "$name")"
    printf '%s\n' "${setting#*=}" >"/run/sysctl/$name"
    mount --bind "/run/sysctl/$name" "/proc/sys/$name"
  done
}

# A bridge with one port, because kernels without the dummy device exist, gives the node's address a carrier.
create_node_network() {
  ip link set lo up
  ip link add node0 type bridge
  ip link add node0-port type veth peer name node0-end
  ip link set node0-end master node0
  ip link set node0-port up
  ip link set node0-end up
  ip addr add "$NODE_ADDRESS/$NODE_PREFIX" dev node0
  ip link set node0 up
  # Without any route to a ClusterIP a packet never gets as far as the rules that translate it.
  ip route add default dev node0
  sysctl -qw net.ipv4.ip_forward=1
}

# On the host: link_host INIT_PID. A veth and three routes; they go with the namespace.
link_host() {
  local network
  ip link add "$LINK" type veth peer name host0 netns "$1"
  ip addr add "$LINK_HOST/30" dev "$LINK"
  ip link set "$LINK" up
  nsenter -t "$1" -n ip addr add "$LINK_NODE/30" dev host0
  nsenter -t "$1" -n ip link set host0 up
  for network in "$NODE_ADDRESS/32" "$SERVICE_CIDR" "$POD_CIDR"; do
    ip route add "$network" via "$LINK_NODE" dev "$LINK"
  done
}
