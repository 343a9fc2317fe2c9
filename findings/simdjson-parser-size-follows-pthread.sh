#!/usr/bin/env bash
# The parsers of simdjson have other sizes in a file that is compiled with -pthread than in one without: with the flag, GCC defines _REENTRANT,
# and by that the header enables threads and gives both parsers a member more. Since glibc 2.34 nothing fails to link where the flag is left
# out, so two files of one program can come to disagree on a class that one of them hands to the other, without a word from compiler or
# linker. CMake's simdjson::simdjson target passes what the library was built with; who compiles by hand has to pass -pthread to every file.
#
# Seen with Debian 12's libsimdjson-dev 3.0.1-1 and GCC 12 on x86-64: below.
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the package can't be had. Needs apt, dpkg and g++.
set -euo pipefail
command -v apt-get >/dev/null && command -v g++ >/dev/null || { echo "needs apt and g++"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
apt-get download -qq libsimdjson-dev=3.0.1-1 libsimdjson14=3.0.1-1 >/dev/null 2>&1 || { echo "libsimdjson-dev 3.0.1-1 can't be had"; exit 77; }
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name libsimdjson.so)")
cat >size.cpp <<'CPP'
#include <simdjson.h>
#include <cstdio>
int main() { std::printf("dom %zu, ondemand %zu bytes\n", sizeof(simdjson::dom::parser), sizeof(simdjson::ondemand::parser)); }
CPP
for flag in -g0 -pthread; do
  g++ -std=c++17 -O1 "$flag" -isystem root/usr/include -c size.cpp -o size.o
  g++ size.o -L"$libraries" -lsimdjson -o size
  echo "${flag/-g0/without -pthread}: $(LD_LIBRARY_PATH=$libraries ./size)"
done | tee seen
diff seen - <<'SEEN'
without -pthread: dom 64, ondemand 40 bytes
-pthread: dom 72, ondemand 48 bytes
SEEN
