#include "doppel/augment/plan/custom_op.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "doppel/base/error.h"
#include "doppel/base/fields.h"
#include "doppel/base/files.h"

namespace doppel::augment {
namespace {

/// Entries stay where they are: renderers hold them.
struct RegisteredOps {
  std::shared_mutex mutex;
  std::map<std::string, CustomOp> ops;
  std::vector<std::string> plugins;  ///< their files
};

RegisteredOps& registered() {
  static auto* all = new RegisteredOps;  // threads may outlive main()
  return *all;
}

class ProgramRegistry final : public OpRegistry {
 public:
  void add(CustomOp op) override { register_op(std::move(op)); }
};

}  // namespace

void register_op(CustomOp op) {
  if (op.name.empty() || !op.pixels)
    throw UsageError("an operation needs a name, and a function that makes pixels");
  std::unique_lock lock(registered().mutex);
  const std::string name = op.name;
  if (!registered().ops.emplace(name, std::move(op)).second)
    throw UsageError(fmt::format("there is an operation '{}' already", name));
}

std::vector<std::string> registered_ops() {
  std::shared_lock lock(registered().mutex);
  std::vector<std::string> names;
  for (const auto& [name, op] : registered().ops) names.push_back(name);
  return names;
}

const CustomOp& registered_op(const std::string& name) {
  {
    std::shared_lock lock(registered().mutex);
    if (const auto found = registered().ops.find(name); found != registered().ops.end()) return found->second;
  }
  throw Error(fmt::format(
      "no operation '{}' is registered{}", name,
      did_you_mean(name, registered_ops(), "; a plug-in (--plugin FILE.so) or the program registers them")));
}

void load_plugin(const std::string& path) {
  // What has a slash isn't looked for among the system's libraries.
  const std::string full = std::filesystem::absolute(path).string();
  if (std::error_code ignored; std::filesystem::exists(full, ignored) && !is_file(full))
    throw UsageError(fmt::format("can't load the plug-in {}: it isn't a file", path));
  void* library = ::dlopen(full.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char* why = ::dlerror();
    throw UsageError(
        fmt::format("can't load the plug-in {}: {}", path, why ? why : "the system doesn't say why"));
  }
  auto* function = reinterpret_cast<int (*)(int, OpRegistry&)>(::dlsym(library, "doppel_plugin"));
  if (!function) throw UsageError(fmt::format("{} is no plug-in: it exports no doppel_plugin()", path));
  ProgramRegistry registry;
  const int version = function(kPluginVersion, registry);
  if (version != kPluginVersion)
    throw UsageError(
        fmt::format("the plug-in {} is of version {}; this doppel takes version {}: build it anew", path,
                    version, kPluginVersion));
  std::unique_lock lock(registered().mutex);
  registered().plugins.push_back(std::filesystem::path(full).lexically_normal().string());
}

std::vector<std::string> loaded_plugins() {
  std::shared_lock lock(registered().mutex);
  return registered().plugins;
}

}  // namespace doppel::augment
