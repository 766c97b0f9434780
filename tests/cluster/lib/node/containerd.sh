# shellcheck shell=bash

containerd_configuration() {
  local snapshotter=overlayfs
  overlay_works || snapshotter=native
  mkdir -p "$STATE/cni" "$STATE/containerd"
  cat >"$STATE/cni/10-cluster.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "cluster", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isDefaultGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "/run/cni-ipam", "ranges": [[{"subnet": "$POD_CIDR"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  # Keys outside of any table must come before the first one.
  {
    cat <<TOML
root = "$STATE/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs", "io.containerd.internal.v1.opt",
  "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
TOML
    containerd_cri_settings "$snapshotter" "$STATE/cni"
  } >"$STATE/containerd.toml"
}

# Not where the state folder itself is on an overlay, as in a container.
overlay_works() {
  local folder=$STATE/overlay-trial status=0
  mkdir -p "$folder"/{lower,upper,work,merged}
  mount -t overlay -o "lowerdir=$folder/lower,upperdir=$folder/upper,workdir=$folder/work" trial "$folder/merged" 2>/dev/null || status=1
  ((status)) || umount "$folder/merged"
  rm -rf "$folder"
  return $status
}

containerd_ready() { ctr version >/dev/null 2>&1; }
