# shellcheck shell=bash
# Processor architectures, by the names of Debian and of container images (amd64) and of .NET (linux-x64).

machine_architecture() { dpkg --print-architecture; }

runtime_identifier() {
  case $1 in
    amd64) echo linux-x64 ;;
    arm64) echo linux-arm64 ;;
    *) die "ARCH=$1: it is amd64 or arm64" ;;
  esac
}

# Images for another machine lie apart from those that a cluster on this one loads.
images_folder() {
  local folder=$CLUSTER_HOME/../../artifacts/images
  [[ $1 == "$(machine_architecture)" ]] || folder+=/$1
  mkdir -p "$folder"
  (cd "$folder" && pwd)
}
