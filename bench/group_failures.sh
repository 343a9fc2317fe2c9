#!/usr/bin/env bash
# How soon the others of a group end, having named it, where one process is killed, stops answering or loses its link: before
# all have come, while they connect, and while they train. Each host runs this by hosts.sh, as root; the first prints a line a
# round and a summary. usage: hosts.sh 3 group_failures.sh DOPPEL {rank} {world} {address} kill|stop|link ROUNDS FOLDER
# FOLDER: an empty one that all see. PATIENCE=4: seconds, of --group-patience and --group-wait.
set -euo pipefail
doppel=$1 rank=$2 world=$3 address=$4 kind=$5 rounds=$6 folder=$7
patience=${PATIENCE:-4}
moments=(before connecting training)
exec 2> >(grep -v ': line .* Killed ' >&2)  # what the shell says of the process that it kills

now() { echo "${EPOCHREALTIME/[.,]/}"; }  # microseconds
until_all() {  # NAME: each host has made FOLDER/NAME.RANK
  local other
  for ((other = 0; other < world; ++other)); do until [ -s "$folder/$1.$other" ]; do sleep 0.003; done; done
}
says() { grep -qs "$2" "$folder/$1" || ! kill -0 "$pid" 2>/dev/null; }  # LOG TEXT
fault() {
  case $kind in
    kill) kill -KILL "$pid" ;;
    stop) kill -STOP "$pid" ;;
    link) ip link set eth0 down ;;
  esac
}
mend() {
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  ip link set eth0 up
}
# From the fault, or from when all had come if that was later: microseconds until the last of the others had ended.
judge() {  # ROUND VICTIM MOMENT
  local other from ended code last=0 verdict=ok most=$((patience + 1))
  [ "$kind" != kill ] || [ "$3" = before ] || most=2
  from=$(<"$folder/$1.fault")
  for ((other = 0; other < world; ++other)); do
    ended=$(<"$folder/$1.came.$other")
    [ "$other" -eq "$2" ] || [ "$ended" -lt "$from" ] || from=$ended
  done
  for ((other = 0; other < world; ++other)); do
    [ "$other" -ne "$2" ] || continue
    read -r ended code <"$folder/$1.ended.$other"
    [ $((ended - from)) -lt "$last" ] || last=$((ended - from))
    [ "$code" -ne 0 ] || verdict="process $other ended well"
    # It never came, or went before all had.
    ! grep -Eq ": $2 missing|process $2 of the group came, and has gone" "$folder/$1.log.$other" || most=$((patience + 1))
    grep -Eq "^doppel: .*(process $2 |: $2 missing)" "$folder/$1.log.$other" ||
      verdict="process $other said: $(tail -n 1 "$folder/$1.log.$other")"
  done
  [ "$last" -le $((most * 1000000)) ] || [ "$verdict" != ok ] || verdict="later than $most s"
  printf '%s %s %s: %d.%02d s, %s\n' "$kind" "$3" "$2" $((last / 1000000)) $((last / 10000 % 100)) "$verdict" |
    tee -a "$folder/lines"
}

for ((round = 0; round < rounds; ++round)); do
  RANDOM=$((round + 1))  # the same on all hosts; the first number hardly differs from the last round's
  : "$RANDOM" && percent=$((RANDOM % 100)) late=$((RANDOM % (world - 1)))
  moment=${moments[round % 3]} victim=$((round / 3 % world))
  late=$(((victim + 1 + late) % world))
  echo ready >"$folder/$round.ready.$rank"
  until_all "$round.ready"
  if [ "$moment" = before ] && [ "$rank" -eq "$late" ]; then sleep 1; fi
  "$doppel" train sample:digits --net 'conv3x3(8,s2)-bn-relu-fc' --epochs 100000 --batch 32 --threads 1 \
    --out "$folder/$round.run" --group "$rank/$world@$address:$((7000 + round))" \
    --group-patience "$patience" --group-wait "$patience" >/dev/null 2>"$folder/$round.log.$rank" &
  pid=$!
  until says "$round.log.$rank" 'waiting for the others'; do sleep 0.003; done
  now >"$folder/$round.came.$rank"
  if [ "$rank" -eq "$victim" ]; then
    case $moment in
      before) sleep "$(printf '0.%02d' $((percent * 8 / 10)))" ;;
      connecting)
        until_all "$round.came"
        sleep "$(printf '0.%03d' "$percent")"
        ;;
      training)
        until [ -s "$folder/$round.run/metrics.jsonl" ] || ! kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
        sleep "$(printf '0.%02d' "$percent")"
        ;;
    esac
    now >"$folder/$round.fault"
    fault
    echo 0 0 >"$folder/$round.ended.$rank"
  else
    code=0
    wait "$pid" || code=$?
    echo "$(now) $code" >"$folder/$round.ended.$rank"
  fi
  until_all "$round.ended"
  [ "$rank" -ne "$victim" ] || mend
  [ "$rank" -ne 0 ] || judge "$round" "$victim" "$moment"
done
[ "$rank" -ne 0 ] || echo "$kind: $(grep -c ', ok$' "$folder/lines") of $rounds in time," \
  "the slowest $(grep -o '[0-9.]* s,' "$folder/lines" | sort -n | tail -n 1)"
