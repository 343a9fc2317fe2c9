#!/usr/bin/env bash
# Hosts of one machine: network namespaces, joined by a bridge, each with a link of 1 Gbit/s both ways. As root; needs
# iproute2. Runs COMMAND on all of them side by side, with {rank}, {world} and {address} (process 0's) filled in.
# usage: hosts.sh WORLD COMMAND…   RATE=1gbit, DELAY=0ms, CORES=1: cores bound to each host, 0: none
set -euo pipefail
world=$1
shift
rate=${RATE:-1gbit} delay=${DELAY:-0ms} cores=${CORES:-0}
tag=dp$$
cleanup() {
  local rank
  for ((rank = 0; rank < world; ++rank)); do ip netns del "$tag-$rank" 2>/dev/null || true; done
  ip link del "$tag" 2>/dev/null || true
}
trap cleanup EXIT
ip link add "$tag" type bridge
ip link set "$tag" up
limit() { tc -n "$1" qdisc add dev "$2" root handle 1: tbf rate "$rate" burst 256kb latency 50ms; }
for ((rank = 0; rank < world; ++rank)); do
  ip netns add "$tag-$rank"
  ip link add "$tag.$rank" type veth peer name eth0 netns "$tag-$rank"
  ip link set "$tag.$rank" master "$tag" up
  ip -n "$tag-$rank" addr add "10.77.0.$((rank + 1))/24" dev eth0
  ip -n "$tag-$rank" link set eth0 up
  ip -n "$tag-$rank" link set lo up
  limit "$tag-$rank" eth0
  tc qdisc add dev "$tag.$rank" root handle 1: tbf rate "$rate" burst 256kb latency 50ms
  [ "$delay" = 0ms ] || tc -n "$tag-$rank" qdisc add dev eth0 parent 1: netem delay "$delay" limit 10000
done
pids=()
for ((rank = 0; rank < world; ++rank)); do
  words=()
  for word in "$@"; do
    word=${word//'{rank}'/$rank} word=${word//'{world}'/$world}
    words+=("${word//'{address}'/10.77.0.1}")
  done
  bind=()
  [ "$cores" = 0 ] || bind=(taskset -c "$((rank * cores % $(nproc)))-$(((rank * cores % $(nproc)) + cores - 1))")
  ip netns exec "$tag-$rank" "${bind[@]}" "${words[@]}" &
  pids+=($!)
done
status=0
for pid in "${pids[@]}"; do wait "$pid" || status=$?; done
exit "$status"
