// Rectangles of bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace doppel::augment {

/// Rows of `bytes` bytes, `from_step` apart (negative: from the lowest row up), to rows `to_step` apart. They
/// don't overlap. Short rows cost a call each by memcpy; here they are one loop.
void copy_rows(const std::uint8_t* from, std::ptrdiff_t from_step, std::size_t bytes, int rows,
               std::uint8_t* to, std::ptrdiff_t to_step);

/// Copies, the writes going around the caches. Others see them for sure after finish_copies_past_caches().
void copy_past_caches(const void* from, std::size_t bytes, void* to);
void finish_copies_past_caches();

}  // namespace doppel::augment
