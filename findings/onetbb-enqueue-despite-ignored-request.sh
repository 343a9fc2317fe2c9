#!/usr/bin/env bash
# In a process bound to one core oneTBB prints "TBB Warning: The number of workers is currently limited to 0. The request for 1 workers is
# ignored" to standard error as soon as an arena of two threads begins, in release builds too. The request isn't ignored: a task that is
# enqueued there runs while the only other thread sleeps, on a thread that oneTBB made for it. A global_control of 2 threads, which
# raises the limit above the number of cores, keeps the warning away.
#
# Seen with Debian 12's libtbb-dev 2021.8.0-2+deb12u1:
#   plain: warned 1, enqueued task ran on another thread: yes
#   control: warned 0, enqueued task ran on another thread: yes
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the package can't be had.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=2021.8.0-2+deb12u1
apt-get download "libtbb12=$version" "libtbb-dev=$version" >/dev/null 2>&1 || { echo "this version can't be had"; exit 77; }
for package in ./*.deb; do dpkg -x "$package" root; done
cat >one.cpp <<'CPP'
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

int main(int count, char**) {
  std::optional<tbb::global_control> control;
  if (count > 1) control.emplace(tbb::global_control::max_allowed_parallelism, 2);
  tbb::task_arena arena(2);
  arena.initialize();
  std::atomic<bool> done = false, elsewhere = false;
  const auto here = std::this_thread::get_id();
  arena.enqueue([&] {
    elsewhere = std::this_thread::get_id() != here;
    done = true;
  });
  for (int i = 0; i < 500 && !done; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::printf("enqueued task ran on another thread: %s\n", done && elsewhere ? "yes" : "no");
}
CPP
g++ -std=c++20 -O2 -Iroot/usr/include one.cpp -Lroot/usr/lib/x86_64-linux-gnu -ltbb -o one || { echo "no compiler"; exit 77; }
core=$(sed -n 's/^Cpus_allowed_list:\s*\([0-9]*\).*/\1/p' /proc/self/status)
see() {
  LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu taskset -c "$core" ./one "${@:2}" >out 2>err
  echo "$1: warned $(grep -c 'limited to 0. The request for 1 workers is ignored' err), $(cat out)"
}
{ see plain || true; see control 2 || true; } | tee seen
diff seen - <<'SEEN'
plain: warned 1, enqueued task ran on another thread: yes
control: warned 0, enqueued task ran on another thread: yes
SEEN
