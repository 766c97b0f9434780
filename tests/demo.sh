#!/bin/bash
# The demo: a cluster, the operator, and five models rolled out one after the other. DEMO_KEEP=1 leaves the cluster up.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
play() {
  local play=artifacts/programs/publish/ModelOperator.Demo/release_linux-x64/model-operator-demo
  "$play" play --kubectl "$KUBECTL" --image "${IMAGE_REGISTRY:-localhost}/model-operator-demo:${IMAGE_TAG:-dev}" "$@"
}
if [[ ${1:-} == --in-cluster ]]; then
  shift
  play "$@"
else
  KEEP=${DEMO_KEEP:-} exec tests/with-cluster "${BASH_SOURCE[0]}" --in-cluster "$@"
fi
