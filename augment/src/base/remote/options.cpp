// How objects are read, as the program, its user's variables or nobody says.
#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>

#include "address.h"
#include "cache.h"
#include "doppel/base/error.h"
#include "doppel/base/remote.h"
#include "object.h"
#include "transfer.h"
#include "waiting.h"

namespace doppel {
namespace {

namespace fs = std::filesystem;

fs::path usual_cache() {
  for (const auto& [variable, below] : {std::pair{"XDG_CACHE_HOME", ""}, std::pair{"HOME", ".cache"}})
    if (const char* folder = std::getenv(variable); folder && *folder)
      return fs::path(folder) / below / "doppel/objects";
  return {};
}

RemoteOptions from_environment() {
  RemoteOptions options;
  const char* told = std::getenv("DOPPEL_CACHE");
  options.cache = told && *told ? fs::path(told) : usual_cache();
  if (options.cache == "none") options.cache.clear();
  if (const char* size = std::getenv("DOPPEL_CACHE_SIZE"); size && *size)
    options.cache_bytes = bytes_of_text(size);
  return options;
}

struct State {
  std::mutex mutex;
  std::optional<RemoteOptions> options;
  std::unique_ptr<remote::CacheFolder> folder;
  std::string no_folder;  ///< why there is none
  bool folder_tried = false;
};
State& state() {
  static State* const all = new State;  // the engine's thread may outlive main()
  return *all;
}

const RemoteOptions& options_of(State& all) {
  if (!all.options) all.options = from_environment();
  return *all.options;
}

}  // namespace

namespace remote {

namespace {

/// Read by every wait, without the lock.
std::atomic<const std::atomic<bool>*> told_to_stop = nullptr;

}  // namespace

const std::atomic<bool>* stop_flag() { return told_to_stop; }

CacheFolder* cache_folder() {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  if (!all.folder_tried) {
    all.folder_tried = true;
    const RemoteOptions& options = options_of(all);
    try {
      if (!options.cache.empty())
        all.folder = std::make_unique<CacheFolder>(options.cache, options.cache_bytes);
    } catch (const Error& error) { all.no_folder = error.what(); }
  }
  return all.folder.get();
}

}  // namespace remote

bool is_remote(std::string_view path) { return remote::has_scheme(path); }

void set_remote(const RemoteOptions& options) {
  if (options.deadline.count() < 1) throw UsageError("a deadline for objects must be at least a millisecond");
  if (options.connections < 1 || options.connections > 1024)
    throw UsageError("connections to stores must be 1 to 1,024");
  constexpr std::uint64_t kLeast = std::uint64_t{1} << 20;
  if (options.memory < kLeast)
    throw UsageError("the memory for what comes over the network must be 1 MB at least");
  if (!options.cache.empty() && options.cache_bytes < kLeast)
    throw UsageError("a cache must have 1 MB at least");
  State& all = state();
  const std::lock_guard lock(all.mutex);
  all.options = options;
  if (all.folder_tried && !all.folder) all.folder_tried = false;
}

void stop_waiting_when(const std::atomic<bool>* stop) { remote::told_to_stop = stop; }

RemoteOptions remote_options() {
  State& all = state();
  const std::lock_guard lock(all.mutex);
  return options_of(all);
}

std::uint64_t bytes_of_text(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  constexpr std::string_view kUnits = "KMGT";
  double factor = 1;
  if (!unit.empty()) {
    const std::size_t power =
        kUnits.find(static_cast<char>(std::toupper(static_cast<unsigned char>(unit[0]))));
    if (power != kUnits.npos) {
      factor = std::pow(1024.0, static_cast<double>(power + 1));
      unit.remove_prefix(1);
    }
  }
  const bool plain = unit.empty() || unit == "B" || unit == "iB";
  constexpr double kMost = 9e18;
  if (error != std::errc() || !plain || !(number >= 0) || number * factor > kMost)
    throw UsageError(fmt::format("'{}' is no number of bytes; 64G, 500M and 1.5T are", text));
  return static_cast<std::uint64_t>(number * factor);
}

RemoteCounts remote_counts() {
  const remote::Counters& now = remote::counters();
  RemoteCounts counts{now.requests, now.retries, now.bytes, now.bytes_from_cache, {}};
  State& all = state();
  const std::lock_guard lock(all.mutex);
  if (all.folder) counts.notes = all.folder->notes();
  if (!all.no_folder.empty()) counts.notes.push_back(all.no_folder);
  return counts;
}

}  // namespace doppel
