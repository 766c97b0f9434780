# shellcheck shell=bash
# The Debian packages the local cluster and the tests need.

CLUSTER_PACKAGES=(etcd-server containerd runc containernetworking-plugins iptables conntrack dnsmasq-base
  iproute2 openssl curl util-linux procps ca-certificates)
BUILD_PACKAGES=(golang-go gcc libc6-dev dpkg-dev golang-github-modern-go-reflect2-dev)
IMAGE_PACKAGES=(python3)
# What links the plugin, for make cli.
CLI_PACKAGES=(gcc libc6-dev zlib1g-dev)
# Where there is no Helm.
CHART_PACKAGES=(golang-go golang-github-masterminds-sprig-dev)
TEST_PACKAGES=(prometheus docker-registry protobuf-compiler python3-grpcio python3-protobuf)
# shellcheck disable=SC2034 # read by tests/bench-serving
BENCH_PACKAGES=(wrk nghttp2-client nodejs python3-onnx util-linux)
# One of the tests' object stores and a peer of the benchmarks come from npm, which may well be here from elsewhere.
command -v npm >/dev/null || { TEST_PACKAGES+=(npm) BENCH_PACKAGES+=(npm); }

missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] || printf '%s\n' "$package"
  done
}

# ensure_packages PACKAGE...: installs those that are missing; does nothing, and needs no root, when none is.
ensure_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  [[ $EUID == 0 ]] || die "these packages are missing; as root: apt-get install ${missing[*]}"
  local log
  log=$(mktemp)
  progress "apt-get install ${missing[*]}"
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o DPkg::Lock::Timeout=600 "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    die "apt-get could not install the packages above; the whole log is $log"
  fi
  rm -f "$log"
  progress "packages installed"
}
