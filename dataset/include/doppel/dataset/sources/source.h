// Where samples come from: a pure function from index to sample.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/codec/image.h"
#include "doppel/codec/image_facts.h"
#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// What a source yields: an encoded file, or pixels, and what is said about them.
struct Item {
  std::vector<unsigned char>
      encoded;             ///< a file that decode_image() reads; empty where `sample.image` has the pixels
  augment::Sample sample;  ///< label and targets; the pixels where `encoded` is empty
  bool bands = false;      ///< of those pixels' four channels none is alpha
};

/// Stateless and safe from any number of threads. Indices are 0 … size() - 1.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::size_t size() const = 0;  ///< of samples
  /// Throws Error where the sample can't be read.
  virtual Item read(std::size_t index) const = 0;
  /// Starts fetching what read(index) will need, without waiting for it, where the system can.
  virtual void prepare(std::size_t /*index*/) const {}
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
