# shellcheck shell=bash
# Everything that differs between versions of Kubernetes and containerd (1.20 to 1.36; 1.6 to 2). The version is what a
# binary prints: nobody has to say it.

# version_of PATTERN PROGRAM: the number that PATTERN matches in what the program prints: 20 for a program of Kubernetes 1.20.
version_of() {
  local text
  text=$("$2" --version 2>&1) || true
  [[ $text =~ $1 ]] || die "$(command -v "$2" || printf '%s' "$2") --version printed no version: ${text%%$'\n'*}"
  printf '%s\n' "${BASH_REMATCH[1]}"
}

read_versions() {
  local kubernetes='v1\.([0-9]+)\.'
  APISERVER_MINOR=$(version_of "$kubernetes" kube-apiserver)
  CONTROLLER_MANAGER_MINOR=$(version_of "$kubernetes" kube-controller-manager)
  SCHEDULER_MINOR=$(version_of "$kubernetes" kube-scheduler)
  KUBELET_MINOR=$(version_of "$kubernetes" kubelet)
  PROXY_MINOR=$(version_of "$kubernetes" kube-proxy)
  CONTAINERD_MAJOR=$(version_of ' v?([0-9]+)\.[0-9]+\.[0-9]+' containerd)
}

cgroup_v2() { [[ -e /sys/fs/cgroup/cgroup.controllers ]]; }

# insecure_port_arguments MINOR, for kube-controller-manager and kube-scheduler: 1.20 would also serve plain HTTP; 1.24
# knows no such port.
insecure_port_arguments() { (($1 >= 24)) || printf '%s\n' --port=0; }

# 1.20 would look for Docker; from 1.24 on there is nothing but a remote runtime, and 1.27 dropped the flag.
container_runtime_arguments() { ((KUBELET_MINOR >= 24)) || printf '%s\n' --container-runtime=remote; }

# From 1.35 on kubelet refuses cgroup v1 unless told; the field exists since 1.31.
kubelet_version_settings() { ((KUBELET_MINOR < 31)) || cgroup_v2 || printf '%s\n' 'failCgroupV1: false'; }

# kube-proxy 1.20 reads EndpointSlices in a version that API servers from 1.25 on do not serve, but Endpoints still are.
kube_proxy_version_settings() {
  ((PROXY_MINOR >= 21 || APISERVER_MINOR < 25)) || printf '%s\n' 'featureGates: {EndpointSliceProxying: false}'
}

# containerd 2 has other names for the same settings.
containerd_cri_settings() {
  local snapshotter=$1 cni=$2
  if ((CONTAINERD_MAJOR >= 2)); then
    cat <<TOML
version = 3
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "$snapshotter"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "localhost/pause:1"
[plugins."io.containerd.cri.v1.runtime"]
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "$cni"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      SystemdCgroup = false
TOML
  else
    cat <<TOML
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "$snapshotter"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
TOML
  fi
}
