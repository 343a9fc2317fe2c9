#include "doppel/base/plug_in.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace doppel {

std::filesystem::path own_folder() {
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&own_folder), &info) == 0 || !info.dli_fname) return {};
  return std::filesystem::path(info.dli_fname).parent_path();
}

namespace {

/// Whether `path` lies somewhere below the folder.
bool is_below(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return !path.empty() &&
         std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

}  // namespace

void* plug_in_function(const std::string& file, const char* function) {
  namespace fs = std::filesystem;
  std::vector<fs::path> folders;
  if (const char* set = std::getenv("DOPPEL_FORMATS")) folders.emplace_back(set);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) folders.push_back(program.parent_path().parent_path() / "lib/doppel");
  folders.push_back(own_folder() / "formats");
  folders.emplace_back(DOPPEL_INSTALLED_PLUG_INS);
  // An installed program takes nothing from where it was built: anybody may have put something there since.
  const fs::path built = DOPPEL_BUILT_PLUG_INS;
  if (is_below(program, built) || is_below(own_folder(), built)) folders.push_back(built);
  for (const fs::path& folder : folders)
    if (fs::exists(folder / file, ignored))
      if (void* library = ::dlopen((folder / file).c_str(), RTLD_NOW | RTLD_LOCAL))
        if (void* found = ::dlsym(library, function)) return found;
  return nullptr;
}

}  // namespace doppel
