// Tar files in the WebDataset layout.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

class ShardIndex;

/// Members of a shard whose names are the same up to the first dot (the key) are one sample, wherever they
/// stand. The rest of the name, in any case, says what a member is, by its last part:
/// - an image (as is_image_file): `jpg`, `0.jpg`, `image.png`. Of several, `image.` or `img.` comes before
/// nothing,
///   `input.`, `0.` and other words; then .jpg before .png and others. Without any, a `npy` of such a name
///   that isn't a map.
/// - `mask.png`, `seg.png` and their like, numbered or not (`mask0.png`): masks, in order, as decode_mask()
/// reads.
/// - `cls`, `class`, `label` or `cls2`, of which the first counts: the class, one line of text.
/// - `json` (or `jsn`): the class, where the others don't give one, as `label`, `class` or `cls`; boxes in
/// pixels as
///   `boxes` [[x0, y0, x1, y1, label], …], the last of which is the sample's class where it's left out;
///   shares of several classes as `label_shares` [[label, share], …]. Other keys are kept as Sample::fields.
///
/// Where all classes are whole numbers from 0 to 999,999, they keep their values, and the names are "0", "1"
/// …, or those of the list that comes with the shards (row n: class n, from 0); else they are names, numbered
/// in order, or as that list has them. -1 is no class.
///
/// Headers are read once, in all formats of POSIX, GNU and Version 7; after that any sample is one read.
/// Nothing is unpacked to disk. Hard links have the data of the member that they name; sparse files have
/// their zeros; tars that were joined are read on. Hidden files and leftovers of systems (._a.png, __MACOSX/)
/// are passed by; other members are counted in remarks().
class TarShards final : public Source {
 public:
  /// Throws Error with shard and member, or shard and byte, where a shard is truncated, compressed or no tar;
  /// two members of a shard have the same name; a hard link leads out of it; a class or JSON isn't as above;
  /// or no shard has images; a class is neither in the list `classes` nor a number of it. `progress` gets the
  /// shards read, of all. `columns`: keys of JSON that are numbers to learn or the weight of a sample, as
  /// {{"target", "age+height"}, {"weight", "w"}}; others stay what they are.
  explicit TarShards(const std::vector<std::filesystem::path>& shards, const OnProgress& progress = {},
                     const std::vector<std::string>& classes = {},
                     const std::map<std::string, std::string>& columns = {});
  ~TarShards() override;
  std::size_t size() const override;
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;  ///< shard:key
  int label(std::size_t index) const override;
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override;
  std::vector<int> object_labels(std::size_t index) const override;
  std::vector<std::string> number_names() const override;
  std::vector<double> numbers(std::size_t index) const override;
  const std::vector<std::string>& classes() const override;
  std::vector<Remark> remarks() const override;

 private:
  std::unique_ptr<ShardIndex> index_;
};

/// The files that `shards-{000..031}.tar` or `{train,val}-{00..07}.tar` names; the path alone where it has no
/// braces. Throws UsageError for a range that can't be, and for more than a million files.
std::vector<std::filesystem::path> expand_braces(const std::string& pattern);

}  // namespace doppel::dataset
