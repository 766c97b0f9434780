#!/bin/bash
# Prints the plain manifests of Model Operator, rendered from the chart: the namespace, then everything the chart makes.
#   render.sh [--kube-version 1.30] [--set images.tag=dev]... [--values FILE]... [--no-namespace] [--notes]
# With Helm installed (or HELM=/path/to/helm) Helm renders; else the Go program beside this script (golang-go and
# golang-github-masterminds-sprig-dev).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
chart=$here/../../charts/model-operator
namespace=model-operator-system
with_namespace=true notes=false kube_version=1.36.0 options=()

while (($#)); do
  case $1 in
    --kube-version) kube_version=$2; shift 2 ;;
    --set | --values) options+=("$1" "$2"); shift 2 ;;
    --namespace) namespace=$2; shift 2 ;;
    --no-namespace) with_namespace=false; shift ;;
    --notes) notes=true with_namespace=false; shift ;;
    *) sed -n '2,5s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done

namespace_object() {
  cat <<YAML
---
apiVersion: v1
kind: Namespace
metadata:
  name: $namespace
  labels:
    app.kubernetes.io/name: model-operator
    pod-security.kubernetes.io/enforce: restricted
YAML
}

# The program is built once into the user's cache and again when a source changes.
renderer() {
  local key cache
  key=$(cat "$here"/render/*.go | sha256sum | cut -c1-16)
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/model-operator/render
  if [[ ! -x $cache/$key ]]; then
    if ! command -v go >/dev/null || [[ ! -d /usr/share/gocode/src/github.com/Masterminds/sprig ]]; then
      echo "rendering the chart needs Helm, or the packages golang-go and golang-github-masterminds-sprig-dev (make packages)" >&2
      return 1
    fi
    mkdir -p "$cache"
    GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode go build -o "$cache/$key.$$" "$here"/render/*.go
    mv "$cache/$key.$$" "$cache/$key"
  fi
  printf '%s\n' "$cache/$key"
}

helm=${HELM-$(command -v helm || true)}
if [[ $helm ]] && ! $notes; then
  rendered=$("$helm" template model-operator "$chart" --namespace "$namespace" --kube-version "$kube_version" "${options[@]}")
else
  program=$(renderer)
  rendered=$("$program" --chart "$chart" --namespace "$namespace" --kube-version "$kube_version" --notes=$notes "${options[@]}")
fi

# Nothing is printed unless all of it could be rendered: half of it would be applied.
if $with_namespace; then namespace_object; fi
printf '%s\n' "$rendered"
