#include "beside.h"

#include <string>
#include <unordered_set>

#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/manifest.h"
#include "folder.h"
#include "sources/listed_images.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// A path in one form; nearly all are in it.
std::string plain(const std::string& path) {
  const bool is_plain = !path.starts_with("./") && path.find("//") == path.npos &&
                        path.find("/./") == path.npos && path.find("..") == path.npos && !path.ends_with('/');
  if (is_plain) return path;
  const fs::path normal = fs::path(path).lexically_normal();
  return normal.has_filename() || !normal.has_parent_path() ? normal.string() : normal.parent_path().string();
}

class Beside {
 public:
  Beside(const fs::path& root, const Parts& parts, std::string_view unnamed, Remarks& remarks)
      : root_(plain(root.string())), unnamed_(unnamed), remarks_(remarks) {
    for (const auto& [part, source] : parts)
      for (std::size_t i = 0; i < source->size(); ++i) use(std::string(path_of_name(source->name(i))));
    for (const auto& [part, source] : parts)
      if (const auto* manifest = dynamic_cast<const Manifest*>(source.get()))
        for (const std::string& map : manifest->map_files()) use(map);
  }
  void use(const std::string& path) {
    std::string used = plain(path);
    if (!used.starts_with('/')) on_the_way_.insert(".");
    for (std::size_t slash = used.rfind('/'); slash != used.npos; slash = used.rfind('/', slash - 1))
      if (!on_the_way_.insert(used.substr(0, slash)).second || slash == 0) break;
    used_.insert(std::move(used));
  }
  bool leads_to_images(const std::string& folder) const { return on_the_way_.contains(folder); }
  /// All of a folder; of images alone where `others` aren't wanted.
  void look(const fs::path& path, bool others) {
    const Folder folder(path);
    for (const fs::path& file : folder.files()) {
      if (used_.contains(plain(file.native()))) continue;
      if (is_image_file(file))
        remarks_.add(unnamed_, file.lexically_relative(root_).string());
      else if (others)
        remark_unread(remarks_, root_, file);
    }
    for (const fs::path& below : folder.folders()) {
      const std::string name = plain(below.native());
      if (used_.contains(name)) continue;
      if (leads_to_images(name))
        look(below, others);
      else if (others)
        remarks_.add("folders that aren't read", below.lexically_relative(root_).string());
    }
  }
  const fs::path& root() const { return root_; }

 private:
  fs::path root_;
  std::string_view unnamed_;
  Remarks& remarks_;
  std::unordered_set<std::string> used_, on_the_way_;
};

}  // namespace

void remark_beside(const fs::path& folder, const Parts& parts, const std::vector<fs::path>& read,
                   std::string_view unnamed, Remarks& remarks) {
  Beside beside(folder, parts, unnamed, remarks);
  for (const fs::path& path : read)
    if (!path.empty()) beside.use(path.string());
  beside.look(beside.root(), true);
}

void remark_unnamed(const fs::path& file, const Parts& parts, std::string_view unnamed, Remarks& remarks) {
  const fs::path folder = file.parent_path().empty() ? "." : file.parent_path();
  Beside beside(folder, parts, unnamed, remarks);
  if (beside.leads_to_images(beside.root().string())) beside.look(beside.root(), false);
}

}  // namespace doppel::dataset
