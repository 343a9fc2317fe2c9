// Sparse files in a tar: maps of the pieces that are stored, between which a file is zero.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "tar_header.h"

namespace doppel::dataset {

/// Some bytes of a sparse file, and where in it they belong.
struct TarPiece {
  std::uint64_t to = 0;  ///< in the file
  std::uint64_t at = 0;  ///< in the tar
  std::uint64_t size = 0;
};

/// Offset in the file, and bytes, of each piece.
using SparseMap = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

/// The block after the last one.
using NextBlock = std::function<TarBlock()>;

/// GNU's old form (type 'S'): the map begins in the header and goes on in blocks after it. Throws Error.
SparseMap old_sparse_map(const TarHeader& header, const NextBlock& next);

/// GNU's form 1.0: decimal lines, the number of pieces first, in blocks before the content. At most `blocks`
/// are read. Throws Error.
SparseMap sparse_map_in_content(const NextBlock& next, std::uint64_t blocks);

/// The pieces of a file of `size` bytes whose `stored` ones follow each other from `at`. Throws Error where
/// the map isn't in order, or tells of more or fewer bytes.
std::vector<TarPiece> pieces_of(const SparseMap& map, std::uint64_t at, std::uint64_t stored,
                                std::uint64_t size);

}  // namespace doppel::dataset
