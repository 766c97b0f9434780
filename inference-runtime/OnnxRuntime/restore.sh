#!/bin/sh
# restore.sh DESTINATION [gpu]: gets ONNX Runtime's managed sources and native libraries from npm into DESTINATION,
# complete or not at all. Any number of builds may run it for the same DESTINATION at once.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
destination=$1
gpu=${2:-}

[ ! -e "$destination/stamp" ] || exit 0
mkdir -p "$(dirname "$destination")"
if command -v flock >/dev/null 2>&1; then
  exec 9>"$destination.lock"
  flock 9
  [ ! -e "$destination/stamp" ] || exit 0
fi

work=$(mktemp -d "$destination.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

command -v npm >/dev/null 2>&1 || {
  echo "npm was not found: ONNX Runtime is restored from npm packages, install Node.js with npm" >&2
  exit 1
}
mkdir "$work/npm" "$work/files"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/npm"
omit=--omit=optional
[ -z "$gpu" ] || omit=
# Unless the machine says otherwise npm tries three times; packages of this size deserve more patience.
(cd "$work/npm" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=5 $omit >&2)

modules=$work/npm/node_modules
managed=$modules/com.github.asus4.onnxruntime
cp -R "$managed/Runtime" "$work/files/managed"
cp "$managed/LICENSE" "$managed/ThirdPartyNotices.txt" "$work/files"
for pair in x64:linux-x64 arm64:linux-arm64; do
  mkdir -p "$work/files/native/${pair#*:}"
  # The soname carries a version, the managed code asks for the plain name.
  cp "$modules/onnxruntime-node/bin/napi-v6/linux/${pair%:*}/libonnxruntime.so.1" \
    "$work/files/native/${pair#*:}/libonnxruntime.so"
done
if [ -n "$gpu" ]; then
  for provider in shared cuda tensorrt; do
    find "$modules/com.github.asus4.onnxruntime.linux-x64-gpu" -name "libonnxruntime_providers_$provider.so" \
      -exec cp {} "$work/files/native/linux-x64" \;
    [ -e "$work/files/native/linux-x64/libonnxruntime_providers_$provider.so" ] || {
      echo "the GPU package lacks libonnxruntime_providers_$provider.so" >&2
      exit 1
    }
  done
fi
touch "$work/files/stamp"
rm -rf "$destination"
mv "$work/files" "$destination"
