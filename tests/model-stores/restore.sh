#!/bin/sh
# restore.sh: installs the object stores of the tests from npm into the user's cache and prints the folder. Any number may run it at once.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
key=$(cat "$here/package-lock.json" "$0" | sha256sum | cut -c1-16)
destination=${XDG_CACHE_HOME:-$HOME/.cache}/model-operator/model-stores/$key

mkdir -p "$(dirname "$destination")"
exec 9>"$destination.lock"
flock 9
if [ ! -e "$destination/stamp" ]; then
  rm -rf "$destination"
  mkdir "$destination"
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$destination"
  (cd "$destination" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=5 >&2)
  touch "$destination/stamp"
fi
printf '%s\n' "$destination"
