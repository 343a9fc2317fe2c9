#!/usr/bin/env bash
# On x86, Debian 13's GCC refuses a precompiled header that was made at -O3 where it is used at -O1, and names -m options that nobody
# wrote: GCC 12.4 one, GCC 14.2 two, the second only once the first is written out. With both written out GCC 14 takes it. So a build that
# shares one precompiled header between targets of different levels gets nothing from it, and says so by -Winvalid-pch only.
#
# Seen with Debian 13's g++-12 12.4.0-5 and g++-14 14.2.0-19 on x86-64:
#   g++-12, made at -O3, used at -O1:  created and used with differing settings of '-mvzeroupper'
#   g++-14, made at -O3, used at -O1:  created and used with differing settings of '-munroll-only-small-loops'
#   g++-14, and -munroll-only-small-loops:  created and used with differing settings of '-mvzeroupper'
#   g++-14, and -mvzeroupper:  taken
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the packages can't be had. Needs root and debootstrap.
set -euo pipefail
[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || { echo "needs root and debootstrap"; exit 77; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase trixie "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || { echo "no Debian 13 to be had"; exit 77; }
rm -f "$root.log"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
chroot "$root" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends g++-12=12.4.0-5 g++-14=14.2.0-19' \
  >/dev/null 2>&1 || { echo "these versions can't be had"; exit 77; }
chroot "$root" bash -euc '
  cd /tmp
  echo "#include <vector>" >all.h
  echo "int main() {}" >main.cpp
  # used COMPILER OPTIONS…: what the compiler says of the header
  used() {
    local compiler=$1
    shift
    "$compiler" -std=c++20 -O3 -x c++-header all.h -o all.h.gch
    echo "$compiler $*: $("$compiler" -std=c++20 -O1 "$@" -Winvalid-pch -include all.h -c main.cpp 2>&1 | grep -o "differing settings of .[-a-z]*" || echo taken)"
  }
  used g++-12
  used g++-14
  used g++-14 -munroll-only-small-loops
  used g++-14 -munroll-only-small-loops -mvzeroupper
' | tee "$root/seen"
diff "$root/seen" - <<'SEEN'
g++-12 : differing settings of '-mvzeroupper
g++-14 : differing settings of '-munroll-only-small-loops
g++-14 -munroll-only-small-loops: differing settings of '-mvzeroupper
g++-14 -munroll-only-small-loops -mvzeroupper: taken
SEEN
