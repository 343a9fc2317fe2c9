#include "common_words.h"

#include <fmt/format.h>

#include <array>
#include <iostream>
#include <optional>

#include "doppel/augment/plan/custom_op.h"
#include "doppel/base/error.h"
#include "doppel/base/remote.h"

namespace doppel::apps {
namespace {

void set_cache(const std::string& folder) {
  RemoteOptions options = remote_options();
  options.cache = folder == "none" ? "" : folder;
  set_remote(options);
}

void set_cache_size(const std::string& size) {
  RemoteOptions options = remote_options();
  options.cache_bytes = bytes_of_text(size);
  set_remote(options);
}

struct Common {
  std::string_view name, needs;
  void (*apply)(const std::string&);
};
constexpr std::array<Common, 3> kCommon{
    {{"--plugin", "a file, as --plugin my_ops.so",
      [](const std::string& file) { augment::load_plugin(file); }},
     {"--cache", "a folder, or none", &set_cache},
     {"--cache-size", "a number of bytes, as --cache-size 64G", &set_cache_size}}};

const Common* common_of(std::string_view word) {
  for (const Common& common : kCommon)
    if (word == common.name ||
        (word.starts_with(common.name) && word.substr(common.name.size()).starts_with('=')))
      return &common;
  return nullptr;
}

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace

Words without_common(const Words& words) {
  Words others;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      others.insert(others.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const Common* const common = common_of(word);
    if (!common) {
      others.push_back(word);
    } else if (word.size() > common->name.size()) {
      common->apply(word.substr(common->name.size() + 1));
    } else {
      if (++i == words.size() || words[i].empty())
        throw UsageError(fmt::format("{} needs {}", common->name, common->needs));
      common->apply(words[i]);
    }
  }
  return others;
}

std::string about_common() {
  return "Every command takes --plugin FILE, a library with operations of your own for recipes; and --cache "
         "FOLDER\n"
         "(or none) and --cache-size 64G, which keep what is read of https://, s3://, gs:// and hf:// "
         "paths.\n";
}

void tell_network() {
  const RemoteCounts counts = remote_counts();
  for (const std::string& note : counts.notes) std::cerr << note << '\n';
  if (counts.requests == 0) return;
  std::cerr << fmt::format("network: {} in {} requests{}; {} from the cache\n", megabytes(counts.bytes),
                           counts.requests,
                           counts.retries > 0 ? fmt::format(", {} of them again", counts.retries) : "",
                           megabytes(counts.bytes_from_cache));
}

}  // namespace doppel::apps
