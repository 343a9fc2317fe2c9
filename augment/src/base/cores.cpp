#include "doppel/base/cores.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace doppel {
namespace {

namespace fs = std::filesystem;

/// Two numbers: time that may be used, and of how much; nothing where there is no limit ("max", -1).
std::optional<double> share_of(std::istream& quota, std::istream& period) {
  double used = 0, of = 0;
  if (!(quota >> used) || !(period >> of) || used <= 0 || of <= 0) return {};
  return used / of;
}

std::optional<double> share_in(const fs::path& group) {
  if (std::ifstream both(group / "cpu.max"); both) return share_of(both, both);
  std::ifstream quota(group / "cpu.cfs_quota_us"), period(group / "cpu.cfs_period_us");
  return share_of(quota, period);
}

/// Whether a line of /proc/self/cgroup ("0::/a", "4:cpu,cpuacct:/a") is of the time of cores.
bool is_of_cores(std::string_view controllers) {
  if (controllers.empty()) return true;  // version 2
  while (!controllers.empty()) {
    const std::size_t end = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, end) == "cpu") return true;
    controllers.remove_prefix(std::min(end + 1, controllers.size()));
  }
  return false;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

int cores_of_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

}  // namespace

int cores_of_control_groups(std::string_view groups, const fs::path& mounted) {
  std::optional<double> least;
  const auto look = [&](const fs::path& root, fs::path group) {
    // Groups above have limits of their own; in a container its own path may not be there.
    for (;; group = group.parent_path()) {
      if (const auto share = share_in(root / group); share && (!least || *share < *least)) least = share;
      if (group.empty()) return;
    }
  };
  while (!groups.empty()) {
    const std::size_t end = std::min(groups.find('\n'), groups.size());
    const std::string_view line = groups.substr(0, end);
    groups.remove_prefix(std::min(end + 1, groups.size()));
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers(line.substr(first + 1, second - first - 1));
    if (!is_of_cores(controllers)) continue;
    const fs::path group = fs::path(line.substr(second + 1)).relative_path();
    for (const fs::path& root : controllers.empty()
                                    ? std::vector<fs::path>{mounted, mounted / "unified"}
                                    : std::vector<fs::path>{mounted / controllers, mounted / "cpu"})
      look(root, group);
  }
  return least ? std::max(1, static_cast<int>(std::ceil(*least))) : 0;
}

int usable_cores() {
  static const int cores = [] {
    const int bound = cores_of_affinity(),
              limit = cores_of_control_groups(text_of("/proc/self/cgroup"), "/sys/fs/cgroup");
    return std::max(1, limit > 0 ? std::min(bound, limit) : bound);
  }();
  return cores;
}

}  // namespace doppel
