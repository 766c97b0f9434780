#!/bin/bash
# The demo: a cluster, the operator, and five models rolled out one after the other. DEMO_KEEP=1 leaves the cluster up. Where CLUSTER
# does not say on what, it runs on kind when a Docker engine answers and kind is installed, else on the local cluster.
source "$(dirname "${BASH_SOURCE[0]}")/cluster/lib/common.sh"
source "$CLUSTER_HOME/lib/architecture.sh"
cd "$CLUSTER_HOME/../.."
stage=$CLUSTER_HOME/lib/stage

play() {
  local runtime
  runtime=$(runtime_identifier "$(machine_architecture)")
  # The program runs on what the images run on.
  DOTNET_ROOT=$("$CLUSTER_HOME/images/framework")/usr/share/dotnet
  export DOTNET_ROOT
  "artifacts/programs/publish/ModelOperator.Demo/release_$runtime/model-operator-demo" play --kubectl "$KUBECTL" \
    --image "${IMAGE_REGISTRY:-localhost}/model-operator-demo:${IMAGE_TAG:-dev}" --stages "$STAGES" "$@"
}

show_stages() {
  local status=$?
  printf '\n%-45s %8s\n' stage seconds
  awk -F '\t' '{ printf "%-45s %8d\n", $1, $2 }' "$STAGES"
  printf '%-45s %8d\n' "all of it (images and cluster at the same time)" $(((${EPOCHREALTIME/./} - ${CLUSTER_STARTED/./}) / 1000000))
  rm -f "$STAGES"
  exit "$status"
}

if [[ ${1:-} == --in-cluster ]]; then
  shift
  play "$@"
  exit
fi

if [[ ! ${CLUSTER:-} ]] && command -v kind >/dev/null && timeout 10 docker info >/dev/null 2>&1; then
  export CLUSTER=kind
  progress "a Docker engine answers and kind is installed: the demo runs on kind (CLUSTER=local runs it without)"
fi
STAGES=$(mktemp)
export STAGES
trap show_stages EXIT
KEEP=${DEMO_KEEP:-} tests/with-cluster tests/demo.sh --in-cluster "$@"
