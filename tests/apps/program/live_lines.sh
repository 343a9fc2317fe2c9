#!/usr/bin/env bash
# What takes a while shows how far it is, where somebody looks: on a terminal, and there without a trace.
source "$(dirname "$0")/../program.sh"
source=${source:-$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../..")}

# Enough that one core has some seconds to do.
for i in $(seq 100 219); do
  mkdir -p "many/$i"
  ln -s "$source"/dataset/sample/photos/*.jpg "many/$i"
done
count=$(find many -type l | wc -l)
long=(taskset -c "$(sed -n 's/^Cpus_allowed_list:\s*\([0-9]*\).*/\1/p' /proc/self/status)" "$doppel")

# silent COMMAND…: what is written to a pipe has no control characters.
silent() {
  "${long[@]}" "$@" >piped 2>&1 || fail "doppel $* -> $?"
  if LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f]' piped; then fail "control characters from doppel $*"; fi
}
silent inspect many
cp piped inspected
silent pack many packed --images keep
silent verify packed
silent train sample:digits --net small28 --epochs 1 --out trained

if ! command -v script >/dev/null; then
  echo "without a terminal: script isn't installed"
  exit 0
fi

# looked_at TEXT COMMAND…: on a terminal of 44 columns, as bytes in `typed`. A line of TEXT comes and goes.
looked_at() {
  local text=$1
  shift
  printf -v command '%q ' "${long[@]}" "$@"
  script -qec "stty cols 44; $command" /dev/null </dev/null >typed || fail "on a terminal, doppel $* -> $?"
  sed 's/\r*$//' typed >lines
  # What is behind the last wiping of a line stays.
  sed -n 's/\r\x1b\[K[^\r]*$//p' lines | tr '\r' '\n' | sed -n 's/^\x1b\[K//p' >shown
  grep -qE "$text" shown || { fail "doppel $* shows no '$text'"; cat -v typed; }
  if grep -E '.{44}' shown; then fail "too wide a line of doppel $*"; fi
  sed 's/.*\r\x1b\[K//' lines >left
  if LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f]' left; then fail "doppel $* leaves a live line"; fi
}
looked_at "looking at train: [0-9]+ of $count images" inspect many
cmp left inspected || fail "inspect leaves something else on a terminal"
looked_at "packing train: [0-9]+ of $count images, [0-9]+/s" pack many packed_again --images keep
looked_at "loading: [0-9]+ of $((3 * count)) images, [0-9]+/s" bench load many
