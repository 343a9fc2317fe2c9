#include "shelf.h"

#include <fmt/format.h>
#include <unistd.h>

#include "doppel/base/files.h"
#include "doppel/base/remote.h"

namespace doppel::dataset::pack {

namespace fs = std::filesystem;

Shelf::Shelf(const fs::path& out) {
  if (is_remote(out.native()))
    beside_ = fs::temp_directory_path() / fmt::format("doppel-pack-{}", ::getpid());
  const fs::path& made = beside_.empty() ? out : beside_;
  make_folder(made);
}

Shelf::~Shelf() {
  if (sending_.valid()) sending_.wait();
  std::error_code ignored;
  if (!beside_.empty()) fs::remove_all(beside_, ignored);
}

fs::path Shelf::place_of(const fs::path& path) const {
  return beside_.empty() ? path : beside_ / path.filename();
}

void Shelf::put(const fs::path& path) {
  if (beside_.empty()) return;
  wait();
  sending_ = std::async(std::launch::async, [path, file = place_of(path)] {
    upload_file(file, path);
    fs::remove(file);
  });
}

void Shelf::wait() {
  if (sending_.valid()) sending_.get();
}

}  // namespace doppel::dataset::pack
