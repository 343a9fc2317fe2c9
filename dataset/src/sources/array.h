// Arrays as NumPy and HDF5 store them: rows of numbers, of texts, or of files.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/number_type.h"

namespace doppel::dataset {

/// What an array says of itself.
struct ArrayFacts {
  enum class Kind {
    Numbers,
    Texts,   ///< of any length
    Files,   ///< rows of bytes that differ in length: encoded images
    Unread,  ///< what `problem` says
  };
  std::string name;        ///< as people find it: "mnist.npz: x_train"
  std::string inner = {};  ///< in its file: "train/x"; of a .npy, the file's name without ending
  std::vector<std::uint64_t> shape = {};  ///< rows first, as C orders them
  Kind kind = Kind::Numbers;
  NumberType type = {};      ///< of numbers
  std::string problem = {};  ///< of one that can't be read: "objects, which NumPy pickles; …"

  std::uint64_t rows() const { return shape.empty() ? 0 : shape[0]; }
  std::uint64_t numbers_of_row() const;
  std::uint64_t bytes_of_row() const { return numbers_of_row() * static_cast<std::uint64_t>(type.bytes); }
  std::string shape_text() const;  ///< "60000 x 28 x 28"
};

/// The bytes of numbers of this shape. Throws Error, without the name, where they are more than 2^62.
std::uint64_t bytes_of(std::span<const std::uint64_t> shape, std::uint64_t bytes_of_number);

/// Read by any number of threads at once. Errors begin with the array's name.
class Array {
 public:
  virtual ~Array() = default;
  const ArrayFacts& facts() const { return facts_; }
  const std::string& name() const { return facts_.name; }
  /// Numbers of whole rows from row `first` on, as they are stored: as many bytes as there is room for.
  /// Throws Error.
  virtual void read(std::uint64_t first, std::span<unsigned char> into) const = 0;
  /// Where its rows can't be read where they lie: the same in memory, all of it. Null where they can. Throws
  /// Error.
  virtual std::shared_ptr<const Array> unpacked() const { return nullptr; }
  /// How many rows are unpacked for one of them, since they are packed together; 1 where each is by itself.
  virtual std::uint64_t rows_in_one() const { return 1; }
  /// Starts fetching a row, without waiting for it.
  virtual void prepare(std::uint64_t /*row*/) const {}
  /// All its texts. Throws Error where it holds none.
  virtual std::vector<std::string> texts() const;
  /// One file of an array of files. Throws Error where it holds none.
  virtual std::vector<unsigned char> file(std::uint64_t row) const;
  /// Names of classes that were written beside it, as HDF5's attributes.
  virtual std::vector<std::string> class_names() const { return {}; }

 protected:
  explicit Array(ArrayFacts facts) : facts_(std::move(facts)) {}
  ArrayFacts facts_;
};

using ArrayPtr = std::shared_ptr<const Array>;

}  // namespace doppel::dataset
