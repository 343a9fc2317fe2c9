// Packs: data sets as tar files that other programs read too, with an index that ours goes by. The format is
// in docs/pack-format.md.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/analysis/duplicates.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// One of several processes that write a pack together, each the shards whose number its rank is left of when
/// it's divided by the world.
struct PackShare {
  int rank = 0;   ///< 0 to world - 1
  int world = 1;  ///< how many processes there are
  /// Gives process 0 everybody's bytes by rank, and the others nothing. Called by all, once, at the end.
  std::function<std::vector<std::string>(const std::string& own)> collect = {};
};

/// How images are stored.
struct PackOptions {
  /// Tiles: JPEGs with restart markers, the same pixels, of which a crop decodes no more than it needs; other
  /// formats as they are. Keep: the encoded files as they are. Jpeg: encoded again. Raw: pixels, for the
  /// fastest reading.
  enum class Images { Tiles, Keep, Jpeg, Raw };
  Images images = Images::Tiles;  ///< what they are stored as
  int quality = 90;               ///< of Jpeg
  int size = 0;           ///< the shorter side of Jpeg and Raw images; 0: as it is. Boxes and points follow.
  std::size_t shard = 0;  ///< samples in a file; 0: 2048, or what makes 256 files of a large data set
  /// What becomes of transparency in Jpeg and Raw images, which have none: Keep is a UsageError there.
  /// Files that stay as they are keep theirs, for the loader to decide.
  AlphaOver alpha = AlphaOver::White;
  /// Of the images' numbers, where the source gives them as shares of it (see Ranged): noted, so that nobody
  /// does so twice. Empty: it doesn't.
  std::vector<double> range = {};
  PackShare share = {};  ///< by default it's all of this process
};

/// What packing found; of several processes that of the first is of all.
struct PackReport {
  std::size_t samples = 0;              ///< written, and all that belong to shards that were there
  std::size_t shards = 0;               ///< of the whole pack
  std::size_t shards_kept = 0;          ///< that were there already
  std::uint64_t bytes = 0;              ///< of all shards
  std::vector<std::string> unreadable;  ///< left out, with the reason
  std::vector<double> mean;  ///< per channel, of all pixels in [0, 1], without transparency unless it's kept;
                             ///< empty where images differ in kind
  std::vector<double> std;   ///< deviation, as mean
  std::vector<double>
      class_weights;  ///< samples / (classes · samples of the class); 0 for a class without any
};

/// Writes `out`/00000.tar and so on, each whole or not at all: killed half-way, it goes on after the last
/// whole shard. Reads and encodes in parallel. `progress` gets the samples done, of all; `duplicates`
/// is shown each image, as one of `part` (not those of shards that were there already, which mean and std
/// leave out too). Throws Error where `out`
/// holds the shards of other data, UsageError where the options can't be.
PackReport write_pack(const Source& source, const std::filesystem::path& out, const PackOptions& options,
                      const OnProgress& progress = {}, DuplicateFinder* duplicates = nullptr, int part = 0);

/// Before a data set's parts are packed into `out` (or `out`/train, valid and test). Throws UsageError where
/// it lies in the data set, whose path is `data`, or holds it, and where it has files or folders that aren't
/// a pack's.
void check_pack_folder(const std::filesystem::path& out, const std::string& data);

/// A pack's folder, or one shard.
class PackSource final : public Source {
 public:
  /// What the first of a pack's shards is called.
  static constexpr const char* kFirstShard = "00000.tar";
  /// How images with tiles are read: whole where the pack is on a disk, which reads some bytes more at once
  /// as quickly, and by parts where it's far; or by parts wherever it is.
  enum class Images { ByPlace, ByParts };
  /// Reads the indices alone. Throws Error where one is damaged or a shard is missing.
  explicit PackSource(const std::filesystem::path& pack, Images images = Images::ByPlace);
  ~PackSource() override;
  /// True where the first shard in a folder, or the file, is one of ours.
  static bool is_pack(const std::filesystem::path& pack);

  std::size_t size() const override;
  Item read(std::size_t index) const override;
  void prepare(std::size_t index) const override;
  bool is_far() const override;
  std::optional<UnreadItem> unread(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override;
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override;
  std::vector<int> object_labels(std::size_t index) const override;
  std::vector<std::string> number_names() const override;
  std::vector<double> numbers(std::size_t index) const override;
  const std::vector<std::string>& classes() const override;
  /// PackOptions::range of who made it.
  std::vector<double> range() const;
  /// Throws Error where the sample's bytes aren't those that were packed, or can't be decoded, where its
  /// table of tiles isn't theirs, and where anything else between it and the next sample has changed.
  void verify(std::size_t index) const;

 private:
  std::vector<std::pair<std::string, double>> named_numbers(std::size_t index) const;
  struct Shards;
  std::unique_ptr<Shards> shards_;
};

}  // namespace doppel::dataset
