// Where samples come from: a pure function from index to sample.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/codec/image.h"
#include "doppel/codec/image_facts.h"
#include "doppel/codec/jpeg_tiles.h"
#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// What a source yields: an encoded file, or pixels, and what is said about them.
struct Item {
  std::vector<unsigned char>
      encoded;             ///< a file that decode_image() reads; empty where `sample.image` has the pixels
  augment::Sample sample;  ///< label and targets; the pixels where `encoded` is empty
};

/// An image's file of which parts can be read: a JPEG with restart markers. Safe from any number of threads,
/// while its source lives.
class TiledFile {
 public:
  virtual ~TiledFile() = default;
  virtual const JpegTileTable& tiles() const = 0;  ///< which parts hold what
  virtual std::size_t size() const = 0;            ///< of the file, bytes
  /// Reads parts of the file, each to its place in `file`, which is as long as the whole. Throws Error where
  /// they can't be read.
  virtual void read(std::span<const FilePart> parts, std::span<unsigned char> file) const = 0;
  /// Starts fetching what read() of the same parts will need, without waiting for it.
  virtual void fetch(std::span<const FilePart> parts) const = 0;
};

/// What is known of a sample before any of its files is read, where bytes are dear enough to read no more of
/// them than are needed.
struct UnreadItem {
  std::uint64_t bytes = 0;          ///< of its files, all together
  std::unique_ptr<TiledFile> file;  ///< the image's; null: the sample is read whole, by Source::read()
  /// Where there is a `file`, all but its image, whose size and channels the file's tiles say.
  augment::Sample sample;
};

/// Of a far sample that is read whole: so many bytes, or about as many. Nothing of a near one.
inline std::optional<UnreadItem> unread_bytes(bool far, std::uint64_t bytes) {
  if (!far) return std::nullopt;
  UnreadItem item;
  item.bytes = bytes;
  return item;
}

/// Stateless and safe from any number of threads. Indices are 0 … size() - 1.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::size_t size() const = 0;  ///< of samples
  /// Throws Error where the sample can't be read.
  virtual Item read(std::size_t index) const = 0;
  /// Starts fetching what read(index) will need, without waiting for it, where the system can.
  virtual void prepare(std::size_t /*index*/) const {}
  /// Whether bytes of some samples come from far away, so that reading waits long, and should begin early.
  virtual bool is_far() const { return false; }
  /// The sample before it's read, where it's one of those. A reader of all of its image calls read(). Throws
  /// Error as read() does.
  virtual std::optional<UnreadItem> unread(std::size_t /*index*/) const { return std::nullopt; }
  /// How people know the sample: its path, or "train-images 17". Of a sample that can't be read, too.
  virtual std::string name(std::size_t index) const = 0;
  /// Its class, -1 where it has none or it can't be known, without reading pixels.
  virtual int label(std::size_t index) const = 0;
  /// What `Sample::label_shares` will be, without reading pixels: of several classes, or of none of them;
  /// empty where label() says it all.
  virtual std::vector<augment::LabelShare> label_shares(std::size_t /*index*/) const { return {}; }
  /// The classes of the boxes and rotated boxes in it, without reading pixels. Empty where there are none,
  /// and where only who reads the sample knows them; -1: of no class.
  virtual std::vector<int> object_labels(std::size_t /*index*/) const { return {}; }
  /// What `Sample::numbers` are called, in their order; empty where samples have none.
  virtual std::vector<std::string> number_names() const { return {}; }
  /// What `Sample::numbers` will be, without reading pixels; empty where the sample has none.
  virtual std::vector<double> numbers(std::size_t /*index*/) const { return {}; }
  /// Class names; label k is classes()[k].
  virtual const std::vector<std::string>& classes() const = 0;
  /// What was found and isn't used, and what was taken in a way that people should know.
  virtual std::vector<Remark> remarks() const { return {}; }
};

/// Sources are shared and don't change.
using SourcePtr = std::shared_ptr<const Source>;

/// False where nobody knows what a sample's image shows; true also where it's known to be none of the
/// classes.
inline bool is_labelled(const Source& source, std::size_t index) {
  return source.label(index) >= 0 || !source.label_shares(index).empty();
}

/// What a source that needs all of the other's image says of a sample: as unread(), without its file.
std::optional<UnreadItem> unread_whole(const Source& source, std::size_t index);

/// The sample's name; its number where even that can't be told. For use where an error is being handled.
std::string name_of(const Source& source, std::size_t index) noexcept;
/// An error's text, with the sample's name before it where it isn't in it.
std::string named(const Source& source, std::size_t index, const std::string& what);

/// Reads and decodes one sample, as grey, RGB or RGBA where `channels` is 1, 3 or 4; `alpha` says what
/// becomes of transparency in grey and RGB. Masks stay as they are. `facts` gets what the image's file says
/// of it, where there is one. Errors begin with the sample's name; UsageError as check_channels() throws it.
augment::Sample load(const Source& source, std::size_t index, int channels = 0,
                     AlphaOver alpha = AlphaOver::White, ImageFacts* facts = nullptr);

}  // namespace doppel::dataset
