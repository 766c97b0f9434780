# shellcheck shell=bash
# The Kubernetes binaries: built from Debian's source package once and cached by what they were built from.

REQUIRED_BINARIES=(kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl)

# Prints the folder of the binaries, building them when there is none yet. KUBE_BIN names another folder.
kubernetes_binaries() {
  if [[ ${KUBE_BIN:-} ]]; then
    check_binaries "$KUBE_BIN"
    readlink -f "$KUBE_BIN"
  else
    built_binaries
  fi
}

# The same for PATH: where KUBE_BIN has no kube-proxy, the built one is used.
binaries_path() {
  local folder
  folder=$(kubernetes_binaries)
  [[ -x $folder/kube-proxy ]] || folder+=:$(built_binaries)
  printf '%s\n' "$folder"
}

built_binaries() {
  mkdir -p "$CACHE/kube"
  (
    # Whoever comes second waits here, and then finds the binaries built.
    exec 9>"$CACHE/kube/.lock"
    flock --timeout 1 9 || { progress "waiting for another build of the Kubernetes binaries"; flock 9; }
    ensure_packages "${BUILD_PACKAGES[@]}"
    fetch_kubernetes_source
    folder=$CACHE/kube/$(binaries_key)
    if [[ ! -d $folder ]]; then
      progress "building Kubernetes: six programs, once (about five minutes on two cores)"
      rm -rf "$folder".{partial,build}
      if ! "$CLUSTER_HOME/lib/build-kubernetes" "$CACHE"/kube/source/*.dsc "$folder.build" "$folder.partial" 9>&-; then
        rm -rf "$folder".{partial,build}
        die "the Kubernetes binaries could not be built"
      fi
      rm -rf "$folder.build"
      mv "$folder.partial" "$folder"
      progress "Kubernetes binaries built: $folder"
    fi
    printf '%s\n' "$folder"
  )
}

check_binaries() {
  local name
  for name in "${REQUIRED_BINARIES[@]}"; do
    [[ -x $1/$name ]] || die "KUBE_BIN=$1 has no program $name"
  done
}

# What the binaries depend on: the source package, the recipe, the compiler.
binaries_key() {
  { cat "$CACHE"/kube/source/*.dsc "$CLUSTER_HOME/lib/build-kubernetes"; go version; } | sha256sum | cut -c1-16
}

# The source package comes from where this machine's packages come from: its own apt sources, read as source entries,
# in an apt configuration of their own that leaves the system's untouched.
fetch_kubernetes_source() {
  compgen -G "$CACHE/kube/source/*.dsc" >/dev/null && return
  progress "fetching Debian's source package kubernetes"
  local apt log entry found=
  apt=$(mktemp -d)
  log=$apt/log
  mkdir -p "$apt/lists/partial" "$apt/source"
  # _apt, the user that apt downloads as, must be able to write here.
  chmod -R a+rwX "$apt"
  for entry in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list /etc/apt/sources.list.d/*; do
    [[ -s $entry ]] || continue
    sed -E 's/^Types:.*/Types: deb-src/; s/^deb[[:space:]]/deb-src /' "$entry" >"$apt/entry.${entry##*.}"
    if private_apt "$apt" "entry.${entry##*.}" update >>"$log" 2>&1 &&
      (cd "$apt/source" && private_apt "$apt" "entry.${entry##*.}" source --download-only kubernetes) >>"$log" 2>&1; then
      found=yes
      break
    fi
  done
  if [[ ! $found || ! $(compgen -G "$apt/source/kubernetes_1.20.*.dsc") ]]; then
    tail -n 20 "$log" >&2
    rm -rf "$apt"
    die "Debian's source package kubernetes 1.20 was not found in this machine's apt sources; set KUBE_BIN to a folder of Kubernetes binaries"
  fi
  rm -rf "$CACHE/kube/source"
  mv "$apt/source" "$CACHE/kube/source"
  rm -rf "$apt"
}

private_apt() {
  local apt=$1 entry=$2
  shift 2
  apt-get -q -o Dir::Etc::sourcelist="$apt/$entry" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists" "$@"
}
