#include "unlisted_pack.h"

#include "doppel/base/files.h"
#include "doppel/base/remote.h"
#include "doppel/dataset/pack/pack.h"

namespace doppel::dataset {

Parts open_unlisted_pack(const std::filesystem::path& folder) {
  Parts parts;
  if (!is_remote(folder.native())) return parts;
  const auto add = [&](Part part, const std::filesystem::path& below) {
    if (is_file(below / PackSource::kFirstShard)) parts[part] = std::make_shared<PackSource>(below);
  };
  add(Part::Train, folder);
  if (!parts.empty()) return parts;
  for (const Part part : {Part::Train, Part::Valid, Part::Test}) add(part, folder / text_of(part));
  return parts;
}

}  // namespace doppel::dataset
