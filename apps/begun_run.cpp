#include "begun_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "folder_lock.h"

namespace doppel::apps {
namespace {

/// A kind by the files that only it leaves.
struct Traces {
  RunKind kind;
  const char* name;
  std::vector<const char*> files;
};

std::optional<Traces> traces_in(const std::filesystem::path& folder) {
  for (const Traces& one :
       {Traces{RunKind::Training, "a run", {"checkpoint.safetensors", "model.safetensors"}},
        Traces{RunKind::Gan, "a GAN", {"gan.safetensors"}},
        Traces{RunKind::Study, "a study", {"study.json", "results.jsonl"}}})
    if (std::ranges::any_of(one.files, [&](const char* file) { return is_there(folder / file); })) return one;
  return {};
}

}  // namespace

void check_begins(const std::filesystem::path& folder, RunKind kind, bool goes_on) {
  const std::optional<Traces> there = traces_in(folder);
  if (!there || (there->kind == kind && goes_on)) return;
  const FolderLock ours(folder, false);
  throw UsageError(fmt::format("{} holds {} already; {}choose another folder", folder.string(), there->name,
                               there->kind == kind ? "add --resume to go on with it, or " : ""));
}

}  // namespace doppel::apps
