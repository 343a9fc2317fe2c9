#include "doppel/base/plug_in.h"

#include <dlfcn.h>

#include <cstdlib>
#include <fstream>
#include <vector>

namespace doppel {

std::filesystem::path own_folder() {
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&own_folder), &info) == 0 || !info.dli_fname) return {};
  return std::filesystem::path(info.dli_fname).parent_path();
}

namespace {

/// The folder above that of the running program: where it was installed to, or built in.
std::filesystem::path program_prefix() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().parent_path();
}

}  // namespace

std::optional<BuildFolder> build_folder() {
  const std::filesystem::path own = own_folder();
  for (const std::filesystem::path& folder : {program_prefix(), own, own.parent_path().parent_path()}) {
    std::ifstream file(folder / "doppel_build.txt");
    std::string sources, plug_ins;
    if (std::getline(file, sources) && std::getline(file, plug_ins)) return BuildFolder{sources, plug_ins};
  }
  return std::nullopt;
}

void* plug_in_function(const std::string& file, const char* function) {
  namespace fs = std::filesystem;
  std::vector<fs::path> folders;
  if (const char* set = std::getenv("DOPPEL_FORMATS")) folders.emplace_back(set);
  folders.push_back(program_prefix() / "lib/doppel");
  folders.push_back(own_folder() / "formats");
  folders.emplace_back(DOPPEL_INSTALLED_PLUG_INS);
  if (const auto built = build_folder()) folders.push_back(built->plug_ins);
  std::error_code ignored;
  for (const fs::path& folder : folders)
    if (fs::exists(folder / file, ignored))
      if (void* library = ::dlopen((folder / file).c_str(), RTLD_NOW | RTLD_LOCAL))
        if (void* found = ::dlsym(library, function)) return found;
  return nullptr;
}

}  // namespace doppel
