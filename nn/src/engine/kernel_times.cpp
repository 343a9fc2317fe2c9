#include "kernel_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <oneapi/dnnl/dnnl.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/engine/kernel_notes.h"

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

/// Nothing where the bytes are something else.
std::optional<std::map<std::string, KernelTimes::Times>> times_in(const std::vector<unsigned char>& bytes) {
  try {
    auto all =
        nlohmann::json::parse(bytes.begin(), bytes.end()).get<std::map<std::string, KernelTimes::Times>>();
    if (std::ranges::all_of(all, [](const auto& entry) { return are_times(entry.second); })) return all;
  } catch (const nlohmann::json::exception&) {}
  return {};
}

}  // namespace

KernelTimes::KernelTimes(fs::path file) : file_(std::move(file)) { read(); }

KernelTimes& KernelTimes::of_machine() {
  static KernelTimes times(kernel_times_file());
  return times;
}

KernelTimes::Times KernelTimes::get(const std::string& work, std::span<const std::string> kernels,
                                    const std::function<Times()>& measure) {
  const std::lock_guard lock(mutex_);
  if (auto times = known(work, kernels)) return *times;
  Times times = measure();
  // Whoever came first has said which it is.
  read();
  if (auto kept = known(work, kernels))
    times = std::move(*kept);
  else
    known_.insert_or_assign(work, times);
  write();
  return times;
}

std::optional<KernelTimes::Times> KernelTimes::find(const std::string& work,
                                                    std::span<const std::string> kernels) {
  const std::lock_guard lock(mutex_);
  return known(work, kernels);
}

std::optional<KernelTimes::Times> KernelTimes::known(const std::string& work,
                                                     std::span<const std::string> kernels) const {
  const auto found = known_.find(work);
  if (found == known_.end()) return {};
  if (!std::ranges::all_of(kernels, [&](const std::string& name) { return found->second.contains(name); }))
    return {};
  return found->second;
}

/// Adds what the file holds; a file that can't be read, or holds something else, counts as empty.
void KernelTimes::read() {
  std::error_code ignored;
  if (file_.empty() || !fs::exists(file_, ignored)) return;
  try {
    const auto bytes = read_file(file_);
    if (auto all = times_in(bytes))
      for (auto& [work, times] : *all) known_.insert_or_assign(work, std::move(times));
    else
      note(fmt::format("{} is damaged: kernels are timed again, and it is written anew", file_.string()));
  } catch (const Error& error) { note(fmt::format("{}: kernels are timed in each run", error.what())); }
}

void KernelTimes::write() {
  if (file_.empty()) return;
  std::error_code reason;
  fs::create_directories(file_.parent_path(), reason);
  try {
    if (reason)
      throw Error(
          fmt::format("can't make the folder {}: {}", file_.parent_path().string(), reason.message()));
    write_file(file_, nlohmann::json(known_).dump(1) + "\n");
  } catch (const Error& error) { note(fmt::format("{}: kernels are timed in each run", error.what())); }
}

void KernelTimes::note(const std::string& what) {
  if (std::ranges::find(notes_, what) == notes_.end()) notes_.push_back(what);
}

std::vector<std::string> KernelTimes::notes() {
  const std::lock_guard lock(mutex_);
  return notes_;
}

std::string machine_name() {
  constexpr int kOurs = 3;  // another one wherever our own kernels take another time
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("{:x}, isa {:x}, oneDNN {}.{}.{}, kernels {}", processor_signature(),
                     static_cast<unsigned>(dnnl::get_effective_cpu_isa()), version->major, version->minor,
                     version->patch, kOurs);
}

}  // namespace doppel::nn::engine

namespace doppel::nn {

std::vector<std::string> kernel_notes() { return engine::KernelTimes::of_machine().notes(); }

}  // namespace doppel::nn
