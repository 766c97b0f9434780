#!/bin/bash
# Writes charts/install.yaml, the plain manifests for Kubernetes 1.25 and newer; with --verify, fails when it is stale.
# Always rendered by the Go program, so that the file does not depend on whether Helm is installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$here/../../charts/install.yaml

contents() {
  echo '# Generated from charts/model-operator by `make generate`, for Kubernetes 1.25 and newer.'
  echo '# For older ones, another registry or other settings: tests/chart/render.sh, or the chart.'
  HELM='' "$here/render.sh"
}

fresh=$(contents)
if [[ ${1:-} == --verify ]]; then
  [[ -f $target && $fresh == "$(<"$target")" ]] || { echo "charts/install.yaml is not what charts/model-operator renders to: run make generate" >&2; exit 1; }
else
  printf '%s\n' "$fresh" >"$target"
fi
