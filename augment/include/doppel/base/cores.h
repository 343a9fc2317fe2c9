// How many threads can work at once.
#pragma once

#include <filesystem>
#include <string_view>

namespace doppel {

/// Cores that this process may use, at least 1: those that it is bound to (its affinity), and no more than
/// the share of time that its control groups leave it, as containers have them. Read once.
int usable_cores();

/// The least that a process's control groups leave, rounded up; 0: no limit. `groups`: what
/// /proc/self/cgroup says; `mounted`: where groups lie, /sys/fs/cgroup. Of versions 1 and 2.
int cores_of_control_groups(std::string_view groups, const std::filesystem::path& mounted);

}  // namespace doppel
