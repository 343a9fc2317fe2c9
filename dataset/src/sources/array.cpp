#include "array.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "doppel/base/error.h"

namespace doppel::dataset {

std::uint64_t ArrayFacts::numbers_of_row() const {
  std::uint64_t count = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) count *= shape[d];
  return count;
}

std::string ArrayFacts::shape_text() const {
  return shape.empty() ? "one number" : fmt::format("{}", fmt::join(shape, " x "));
}

std::uint64_t bytes_of(std::span<const std::uint64_t> shape, std::uint64_t bytes_of_number) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
  std::uint64_t bytes = bytes_of_number;
  bool empty = bytes == 0;
  // Zeros don't excuse what stands beside them: products of the rest are formed, too.
  for (const std::uint64_t size : shape) {
    empty = empty || size == 0;
    if (size > 1 && bytes > kMost / size)
      throw Error(fmt::format("its shape ({}) asks for more than 2^62 bytes", fmt::join(shape, " x ")));
    if (size > 1) bytes *= size;
  }
  return empty ? 0 : bytes;
}

std::vector<std::string> Array::texts() const { throw Error(name() + ": holds no texts"); }

std::vector<unsigned char> Array::file(std::uint64_t) const { throw Error(name() + ": holds no files"); }

}  // namespace doppel::dataset
