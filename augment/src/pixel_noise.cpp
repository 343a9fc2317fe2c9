#include "pixel_noise.h"

#include <Random123/philox.h>

#include <array>
#include <vector>

#include "exact_math.h"

namespace doppel::augment {
namespace {

constexpr int kCells = 4096;

/// Quantiles at 1/4096, 2/4096 … 4095/4096; the ends are never read.
const std::array<float, kCells + 1>& quantiles() {
  static const std::array<float, kCells + 1> table = [] {
    std::array<float, kCells + 1> t{};
    for (int i = 1; i < kCells; ++i)
      t[static_cast<std::size_t>(i)] = static_cast<float>(exact::inverse_normal(double(i) / kCells));
    return t;
  }();
  return table;
}

float normal_of(std::uint32_t word, const std::array<float, kCells + 1>& table) {
  const std::uint32_t cell = word >> 20;
  if (cell == 0 || cell == kCells - 1)
    return static_cast<float>(exact::inverse_normal((word + 0.5) * 0x1p-32));
  const float part = static_cast<float>(word & 0xfffffU) * 0x1p-20F;
  return table[cell] + (table[cell + 1] - table[cell]) * part;
}

}  // namespace

void random_words(std::uint64_t seed, int plane, int row, std::span<std::uint32_t> words) {
  r123::Philox4x32 philox;
  const r123::Philox4x32::key_type key{
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  for (std::size_t i = 0; i < words.size(); i += 4) {
    const r123::Philox4x32::ctr_type counter{{static_cast<std::uint32_t>(i / 4),
                                              static_cast<std::uint32_t>(row),
                                              static_cast<std::uint32_t>(plane), 0}};
    const auto block = philox(counter, key);
    for (std::size_t k = 0; k < 4 && i + k < words.size(); ++k) words[i + k] = block[k];
  }
}

void normal_row(std::uint64_t seed, int plane, int row, std::span<float> out) {
  const auto& table = quantiles();
  std::array<std::uint32_t, 256> words;
  // Rows are cut into blocks that have a plane number of their own: the counter stays small.
  for (std::size_t first = 0, block = 0; first < out.size(); first += words.size(), ++block) {
    const std::size_t count = std::min(words.size(), out.size() - first);
    random_words(seed + block * 0x9e3779b97f4a7c15ULL, plane, row, std::span(words).first(count));
    for (std::size_t i = 0; i < count; ++i) out[first + i] = normal_of(words[i], table);
  }
}

}  // namespace doppel::augment
