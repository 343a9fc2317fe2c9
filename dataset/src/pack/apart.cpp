#include "apart.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/base/remote.h"

namespace doppel::dataset::pack {
namespace {

namespace fs = std::filesystem;

bool is_within(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

}  // namespace

void check_apart(const fs::path& out, const std::string& data) {
  if (is_remote(out.native()) || is_remote(data)) {
    const std::string to = out.string() + "/", from = data + "/";
    if (to.starts_with(from) || from.starts_with(to))
      throw UsageError(
          fmt::format("{} and the data set {} lie in each other: write beside it", out.string(), data));
    return;
  }
  std::error_code error;
  if (data.empty() || !fs::exists(data, error)) return;
  const fs::path from = fs::canonical(data), to = fs::weakly_canonical(fs::absolute(out));
  if (is_within(from, to))
    throw UsageError(
        fmt::format("the data set {} lies in {}: write into a folder beside it", data, out.string()));
  if (fs::is_directory(from) && is_within(to, from))
    throw UsageError(
        fmt::format("{} lies in the data set {}: write into a folder beside it", out.string(), data));
}

}  // namespace doppel::dataset::pack
