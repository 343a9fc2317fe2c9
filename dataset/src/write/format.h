// What a format of data sets must be able to do to be written.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/dataset/write/write_dataset.h"

namespace doppel::dataset::write {

/// One image that is written, and what is said about it.
struct Shown {
  std::string part;                         ///< "train"
  std::string stem;                         ///< its name without an ending, which no other of its part has
  std::string ending;                       ///< ".jpg"
  Size size;                                ///< of the upright image
  int channels = 3;                         ///< of the image
  const augment::Sample* sample = nullptr;  ///< its targets; pixels needn't be there
};

/// A file beside images, below the data set's folder.
struct SideFile {
  std::string path;
  std::vector<unsigned char> bytes;
};

/// What of a sample a format has a place for.
struct Holds {
  bool label = false, shares = false;
  bool boxes = false, rotated_boxes = false, keypoints = false;
  bool instance_masks = false, class_masks = false;
  bool objects_without_class = false;  ///< boxes whose class nobody knows
  bool values = false;                 ///< numbers to learn, weights and fields
  bool maps = false;
  bool outlines = false;  ///< polygons and lines; of a format that counts those it has no place for itself
};

/// What was met that the format has no place for, by its words.
using Losses = std::map<std::string, std::size_t>;

/// What the whole set is about.
struct SetFacts {
  std::vector<std::string> classes;
  std::vector<std::string> parts;              ///< in their order
  bool has_labels = false;                     ///< whether any image of the first part has a class
  std::vector<std::string> number_names = {};  ///< Source::number_names()
  std::vector<double> range = {};              ///< WriteOptions::range
};

/// Calls `take` with all images of a part, in order: "file", "size" [height, width, channels] and "record".
using TakeImage = std::function<void(const nlohmann::json& image)>;
using EachImage = std::function<void(const std::string& part, const TakeImage& take)>;

/// An image with all that goes with it into a shard.
struct Member {
  const Shown& shown;
  const std::vector<unsigned char>& bytes;
  const std::vector<SideFile>& side_files;
  const nlohmann::json& record;
};

/// A shard, written beside its name and renamed when it is whole.
class Archive {
 public:
  virtual ~Archive() = default;
  virtual void add(const Member& member) = 0;
  /// Returns the file's size.
  virtual std::uint64_t finish() = 0;
};

/// Shard `number` of `count` of a part.
struct ShardPlace {
  std::string part;
  std::uint32_t number = 0, count = 1;
};

/// One format. Called from several threads at once, but for finish().
class Format {
 public:
  virtual ~Format() = default;
  virtual Holds holds() const = 0;
  /// Why the format is of no use for such samples; empty where it is.
  virtual std::string refusal(const augment::Sample& sample) const = 0;
  /// True where an image has no place for want of what the format sorts by; it is counted.
  virtual bool leaves_out(const augment::Sample& sample, Losses& losses) const = 0;
  /// Where the image goes, below the data set's folder.
  virtual std::string image_path(const Shown& shown) const = 0;
  /// Files that go with it.
  virtual std::vector<SideFile> side_files(const Shown& shown, Losses& losses) const = 0;
  /// What finish() needs of it.
  virtual nlohmann::json record(const Shown& shown, Losses& losses) const = 0;
  /// Writes what is about the whole set below `out`, once all images are there.
  virtual void finish(const std::filesystem::path& out, const EachImage& each) const = 0;
  /// Which classes' names are written: all, those of samples, or numbers alone.
  enum class Names { All, Used, None };
  virtual Names names() const { return Names::Used; }
  /// True where all parts' images lie in one folder.
  virtual bool shares_folder() const { return false; }
  /// Where a shard lies, below the data set's folder; empty where images are files.
  virtual std::string shard_path(const ShardPlace& /*place*/) const { return ""; }
  /// A shard that is begun; null where images are files.
  virtual std::unique_ptr<Archive> open_shard(const std::filesystem::path& /*file*/,
                                              const ShardPlace& /*place*/) const {
    return nullptr;
  }
};

/// The format of that name. `facts` must outlive it.
std::unique_ptr<Format> make_format(DataFormat format, const SetFacts& facts);

/// Counts what `holds` has no place for.
void count_losses(const Holds& holds, const augment::Sample& sample, Losses& losses);

/// A class's name; its number where there is none.
std::string class_name(const SetFacts& facts, int label);

/// As a JSON list.
std::string text_of_classes(const std::vector<std::string>& classes);
/// In quotes, as JSON and YAML have it.
std::string quoted(const std::string& text);

/// Text as bytes.
std::vector<unsigned char> bytes_of(std::string_view text);

}  // namespace doppel::dataset::write
