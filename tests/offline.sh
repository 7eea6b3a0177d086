#!/bin/sh
# What is installed once needs no network: `./dev run` to its first answer, and `./dev test node data`, where there is
# nothing but loopback.
set -eu
cd "$(dirname "$0")/.."

if [ "${1:-}" != inside ]; then
  user=; [ "$(id -u)" = 0 ] || user=--map-root-user
  # shellcheck disable=SC2086
  exec unshare --net $user sh "$0" inside
fi

ip link set lo up
[ "$(ip -o link | wc -l)" = 1 ] || { echo 'There is more than loopback here.' >&2; exit 1; }

place=$(mktemp -d)
trap 'kill "$running" 2>/dev/null || true; rm -rf "$place"' EXIT
cp -R samples/weather "$place/workspace"
unset DISPLAY WAYLAND_DISPLAY || true
WEFT_CONFIG_HOME=$place/user ./dev run "$place/workspace" >"$place/out" 2>"$place/said" &
running=$!
tries=0
until grep -q '#code=' "$place/out"; do
  tries=$((tries + 1))
  [ "$tries" -lt 1200 ] && kill -0 "$running" 2>/dev/null || { cat "$place/said" >&2; echo './dev run gave no address.' >&2; exit 1; }
  sleep 0.5
done
grep -q 'the studio runs as a server' "$place/said" || { cat "$place/said" >&2; echo 'It did not say that it runs as a server.' >&2; exit 1; }
python3 - "$(grep "#code=" "$place/out")" <<'PY'
import json, sys, urllib.request
origin, code = sys.argv[1].strip().split("/#code=")
page = urllib.request.urlopen(origin + "/", timeout=10).read().decode()
assert "<div id=" in page, page[:200]
def post(path, body, headers={}):
    request = urllib.request.Request(origin + path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    return json.load(urllib.request.urlopen(request, timeout=10))
token = post("/api/door", {"code": code})["token"]
flows = post("/api/flow_list", {}, {"Authorization": "Bearer " + token})["flows"]
assert [flow["id"] for flow in flows] == ["seattle-weather"], flows
PY
kill "$running"; wait "$running" 2>/dev/null || true

./dev test node data
echo 'Without a network: ./dev run answered and ./dev test node data passed.'
