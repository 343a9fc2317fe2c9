#include "kernel_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <oneapi/dnnl/dnnl.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/nn/engine/executor.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace doppel::nn {

std::filesystem::path kernel_times_file() {
  for (const auto& [variable, below] : {std::pair{"XDG_CACHE_HOME", "doppel"}, {"HOME", ".cache/doppel"}})
    if (const char* folder = std::getenv(variable); folder && *folder)
      return std::filesystem::path(folder) / below / "kernels.json";
  return {};
}

}  // namespace doppel::nn

namespace doppel::nn::engine {
namespace {

namespace fs = std::filesystem;

/// Family, model and stepping: virtual machines often hide the name.
unsigned processor_signature() {
#ifdef __x86_64__
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d)) return a;
#endif
  return 0;
}

/// Every kernel takes some time.
bool are_times(const KernelTimes::Times& times) {
  return !times.empty() && std::ranges::all_of(times, [](const auto& kernel) { return kernel.second > 0; });
}

}  // namespace

KernelTimes::KernelTimes(fs::path file) : file_(std::move(file)) { read(); }

KernelTimes& KernelTimes::of_machine() {
  static KernelTimes times(kernel_times_file());
  return times;
}

KernelTimes::Times KernelTimes::get(const std::string& work, const std::function<Times()>& measure) {
  const std::lock_guard lock(mutex_);
  if (const auto found = known_.find(work); found != known_.end()) return found->second;
  Times times = measure();
  // Whoever came first has said which it is.
  read();
  const auto kept = known_.emplace(work, std::move(times)).first;
  write();
  return kept->second;
}

std::optional<KernelTimes::Times> KernelTimes::find(const std::string& work) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(work);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

/// Adds what the file holds; a file that can't be read, or holds something else, counts as empty.
void KernelTimes::read() {
  std::error_code ignored;
  if (file_.empty() || !fs::is_regular_file(file_, ignored)) return;
  try {
    const auto bytes = read_file(file_);
    auto all = nlohmann::json::parse(bytes.begin(), bytes.end()).get<std::map<std::string, Times>>();
    if (!std::ranges::all_of(all, [](const auto& entry) { return are_times(entry.second); })) return;
    for (auto& [work, times] : all) known_.insert_or_assign(work, std::move(times));
  } catch (const nlohmann::json::exception&) {
  } catch (const Error&) {}
}

void KernelTimes::write() const {
  if (file_.empty()) return;
  try {
    fs::create_directories(file_.parent_path());
    write_file(file_, nlohmann::json(known_).dump(1) + "\n");
  } catch (const fs::filesystem_error&) {
  } catch (const Error&) {}
}

std::string machine_name() {
  constexpr int kOurs = 3;  // another one wherever our own kernels take another time
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("{:x}, isa {:x}, oneDNN {}.{}.{}, kernels {}", processor_signature(),
                     static_cast<unsigned>(dnnl::get_effective_cpu_isa()), version->major, version->minor,
                     version->patch, kOurs);
}

}  // namespace doppel::nn::engine
