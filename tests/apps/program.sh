# Sourced by every case below program/ and docs/, each of which is called as CASE DOPPEL [SOURCE].
# The case finds itself in a fresh folder, which goes when it ends; it fails where it ends early or something was wrong.
# shellcheck shell=bash
set -euo pipefail
doppel=$(realpath "$1")
source=${2:+$(realpath "$2")}
failures=0
# In memory where there is room: what is written whole to a disk takes it some time.
room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1 || true)
if [ "${room:-0}" -gt 4000000 ] && [ -w /dev/shm ]; then work=$(mktemp -d -p /dev/shm); else work=$(mktemp -d); fi
end() {
  local code=$?
  cd /
  rm -rf "$work"
  if [ "$code" -eq 0 ] && [ "$failures" -gt 0 ]; then code=1; fi
  [ "$code" -eq 0 ] || echo "$(basename "$0"): $failures failures, exit code $code"
  exit "$code"
}
trap end EXIT
trap 'echo "FAILED in line $LINENO: $BASH_COMMAND"' ERR
cd "$work"

# fail MESSAGE: goes on, and fails in the end.
fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# expect CODE TEXT COMMAND…: the exit code, and a text somewhere in what is printed. Errors are one line.
expect() {
  local code=$1 text=$2 got=0
  shift 2
  "$doppel" "$@" >out 2>&1 || got=$?
  if [ "$got" -ne "$code" ] || ! grep -qF -- "$text" out; then
    fail "doppel $* -> $got (wanted $code and '$text')"
    cat out
  elif [ "$code" -ne 0 ] && [ "$(grep -c '^doppel: ' out)" -gt 1 ]; then
    fail "more than one line of error from doppel $*"
  fi
}

# quietly COMMAND…: succeeds; what it prints is shown where it doesn't.
quietly() {
  "$doppel" "$@" >out 2>&1 || { fail "doppel $* -> $?"; cat out; }
}

# appears FILE PID: waits until the file holds something, or the process has ended.
appears() {
  until [ -s "$1" ] || ! kill -0 "$2" 2>/dev/null; do sleep 0.05; done
}
