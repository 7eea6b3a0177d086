#!/bin/sh
# Figures as ratios in one run: webhook -> set -> respond against a bare axum handler, journaled and not; overhead per
# node; the journal against raw SQLite; how long an edit takes until it is acknowledged. Medians of ROUNDS rounds.
# Called by `./dev bench`; arguments: the optimised weft, then nothing.
set -eu
cd "$(dirname "$0")/.."
weft=$1
bare=$(dirname "$weft")/examples/bare
rounds=${ROUNDS:-5}; seconds=${SECS:-4}; connections=${CONNECTIONS:-64}
place=$(mktemp -d "$PWD/bench.XXXXXX") # a real disk, not a memory file system
trap 'kill $pids 2>/dev/null || true; rm -rf "$place"' EXIT
pids=
mkdir -p "$place/workspace/flows"

flow() { # flow NAME DURABILITY NODES
  {
    printf 'weft: 1\nname: %s\ndurability: %s\n\nnodes:\n  hook:\n    type: trigger.webhook\n    settings:\n      path: %s\n\n' "$1" "$2" "$1"
    n=1
    while [ "$n" -le "$3" ]; do
      printf '  set_%s:\n    type: data.set\n    settings:\n      keep: only these\n      fields:\n        hello: ${ctx.request.body.name}\n\n' "$n"
      n=$((n + 1))
    done
    printf '  answer:\n    type: logic.respond\n\nedges:\n  - hook -> set_1\n'
    n=1
    while [ "$n" -lt "$3" ]; do printf '  - set_%s -> set_%s\n' "$n" $((n + 1)); n=$((n + 1)); done
    printf '  - set_%s -> answer\n' "$3"
  } >"$place/workspace/flows/$1.flow.yaml"
}
flow plain none 1
flow kept step 1
flow long none 11
printf 'in_use = ["plain", "kept", "long"]\n' >"$place/workspace/weft.toml"

"$bare" >"$place/bare" & pids="$pids $!"
WEFT_CONFIG_HOME=$place/user "$weft" serve --workspace "$place/workspace" --listen 127.0.0.1:0 --webhooks 127.0.0.1:0 >"$place/link" 2>"$place/said" & pids="$pids $!"
until grep -q 'answer at' "$place/said" && [ -s "$place/bare" ]; do sleep 0.1; done
hooks=$(sed -n 's/.*answer at \(http:[^ ]*\)\. Stop.*/\1/p' "$place/said")
printf 'wrk.method = "POST"\nwrk.body = "{\\"name\\":\\"world\\"}"\nwrk.headers["Content-Type"] = "application/json"\n' >"$place/post.lua"

rate() { wrk -t1 -c"$connections" -d"${seconds}s" -s "$place/post.lua" "$1" | awk '/Requests\/sec/ {print $2}'; }
n=0
while [ "$n" -lt "$rounds" ]; do
  echo "bare $(rate "http://$(cat "$place/bare")/hello")"
  for name in plain kept long; do echo "$name $(rate "$hooks/$name")"; done
  n=$((n + 1))
done | tee "$place/rates" >&2

python3 - "$place/rates" <<'PY'
import statistics, sys
rates = {}
for line in open(sys.argv[1]):
    name, rate = line.split()
    rates.setdefault(name, []).append(float(rate))
m = {name: statistics.median(all) for name, all in rates.items()}
print(f"bare axum handler                      {m['bare']:>9.0f} /s  1.00")
print(f"webhook -> set -> respond, no journal   {m['plain']:>9.0f} /s  {m['plain'] / m['bare']:.2f}")
print(f"webhook -> set -> respond, journaled    {m['kept']:>9.0f} /s  {m['kept'] / m['bare']:.2f}")
print(f"overhead of a node                      {(1 / m['long'] - 1 / m['plain']) / 10 * 1e6:>9.2f} us")
PY
