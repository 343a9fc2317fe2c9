# Sourced after program.sh by the cases that ask a server of `doppel serve`.
# shellcheck shell=bash
# shellcheck disable=SC2034
command -v curl >/dev/null || { echo "skipped: curl isn't there"; exit 0; }
server=
stop() {
  [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
trap 'stop; end' EXIT

# serve WORDS…: starts it; $base, $port and $token are of the address that it prints.
serve() {
  stop
  rm -f address
  "$doppel" serve "$@" >address 2>said &
  server=$!
  appears address "$server"
  base=$(sed 's/#.*//; s,/$,,' address) token=$(sed 's/.*#//' address)
  port=${base##*:}
  [[ "$base" =~ ^http://127\.0\.0\.1:[0-9]+$ && "$token" =~ ^[0-9a-f]{32}$ ]] || fail "the address is '$(cat address said)'"
}
# get PATH CURL-OPTIONS…: the body to ./body; prints the code.
get() { curl -s -o body -w '%{http_code}' -H "X-Doppel-Token: $token" "${@:2}" "$base$1"; }
# gives CODE TEXT PATH CURL-OPTIONS…
gives() {
  local got
  got=$(get "${@:3}") || true
  [ "$got" = "$1" ] && grep -aqF -- "$2" body || { fail "${*:3} -> $got (wanted $1 and '$2')"; head -c 500 body; echo; }
}
# refused CODE CURL-OPTIONS…: without the token's header.
refused() {
  local got
  got=$(curl -s -o body -w '%{http_code}' "${@:2}") || true
  [ "$got" = "$1" ] || fail "${*:2} -> $got (wanted $1)"
}
posts() { gives "$1" "$2" "$3" -H 'Content-Type: application/json' --data-binary "$4"; }
version_of_file() { sed -n 's/.*"version":"\([0-9a-f]*\)".*/\1/p' body; }
hash_of() { sed -n 's/.*"hash":"\([0-9a-f]*\)".*/\1/p' body; }
