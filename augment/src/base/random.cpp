#include "doppel/base/random.h"

#include <Random123/philox.h>

#include "doppel/base/hash.h"
#include "exact_math.h"

namespace doppel {

std::uint64_t Stream::bits(std::string_view purpose) const {
  r123::Philox4x64 philox;
  const r123::Philox4x64::ctr_type counter{{index, epoch, fnv1a(purpose), 0}};
  const r123::Philox4x64::key_type key{{seed, path}};
  return philox(counter, key)[0];
}

double Stream::uniform(std::string_view purpose, double low, double high) const {
  const double unit = static_cast<double>(bits(purpose) >> 11) * 0x1p-53;
  return low + (high - low) * unit;
}

double Stream::normal(std::string_view purpose, double mean, double std) const {
  const double unit = (static_cast<double>(bits(purpose) >> 12) + 0.5) * 0x1p-52;
  return mean + std * exact::inverse_normal(unit);
}

int Stream::integer(std::string_view purpose, int low, int high) const {
  const std::uint64_t span =
      static_cast<std::uint64_t>(static_cast<std::int64_t>(high) - low) + 1;  // at most 2^32
  return static_cast<int>(low + static_cast<std::int64_t>(((bits(purpose) >> 32) * span) >> 32));
}

bool Stream::chance(std::string_view purpose, double p) const {
  return p >= 1 || (p > 0 && uniform(purpose) < p);
}

Stream Stream::split(std::string_view name, std::uint64_t turn) const {
  Stream part = *this;
  part.path = (fnv1a(name, path ^ kFnvBasis) + turn) * 0x9e3779b97f4a7c15ULL;
  part.path ^= part.path >> 29;
  return part;
}

}  // namespace doppel
