// Libraries that are loaded when they are first needed, with what they bring.
#pragma once

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

namespace doppel {

/// A function of the library `file`: where the environment's `variable` says, in lib/doppel beside the
/// program's folder, or in one of `places` (paths with the file's name), the first that can be loaded. Null
/// where none can. It stays loaded.
inline void* plug_in_function(const char* variable, const std::string& file,
                              std::initializer_list<const char*> places, const char* function) {
  namespace fs = std::filesystem;
  std::vector<fs::path> all;
  if (const char* set = std::getenv(variable)) all.emplace_back(set);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) all.push_back(program.parent_path().parent_path() / "lib/doppel" / file);
  all.insert(all.end(), places.begin(), places.end());
  for (const fs::path& place : all)
    if (fs::exists(place, ignored))
      if (void* library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL))
        if (void* found = ::dlsym(library, function)) return found;
  return nullptr;
}

}  // namespace doppel
