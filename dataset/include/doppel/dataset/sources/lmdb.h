// Images in LMDB, as Caffe, text recognition, LSUN and super-resolution keep them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// How an LMDB is read.
struct LmdbOptions {
  std::filesystem::path
      names;               ///< a list of class names, or a label map, by the labels' numbers; empty: none
  std::string only_class;  ///< the class of all images, where they have no labels; empty: they have none
  bool ignore_labels =
      false;  ///< values that look like labels and can't be read are remarked on, and no error
};

/// Each image is a sample, in the order of the keys. A value is an image's file, or Caffe's Datum (a file
/// or pixels, and a number as its class). The class of `image-000000001` is what `label-000000001` says: a
/// text or a number; so it is of any key that becomes another's with "image" for "label". Where keys begin
/// with sizes
/// ("256-00017", "512-00017") the largest are read. `meta_info.txt` beside the file must agree with it.
/// Pickles aren't executed. What isn't read is counted in remarks().
///
/// The pages of the tree are read once, and of each value its first bytes; after that an image is one read,
/// from any number of threads. Nothing is locked or written: don't write to the file meanwhile.
class LmdbImages final : public Source {
 public:
  /// `file`: data.mdb, or one of another name (MDB_NOSUBDIR); or the folder that holds data.mdb. `progress`
  /// gets the entries read, of all. Throws Error that names the file, and the key, where it isn't LMDB, is
  /// damaged, or has no images; or where labels can't be read.
  explicit LmdbImages(const std::filesystem::path& file, const OnProgress& progress = {},
                      const LmdbOptions& options = {});
  ~LmdbImages() override;
  /// Whether this is such a file, or a folder that holds one as data.mdb, by its first bytes.
  static bool is_lmdb(const std::filesystem::path& path);
  std::size_t size() const override;
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;  ///< file:key
  int label(std::size_t index) const override;
  const std::vector<std::string>& classes() const override;
  std::vector<Remark> remarks() const override;

 private:
  struct Index;
  class Builder;
  std::unique_ptr<Index> index_;
};

}  // namespace doppel::dataset
