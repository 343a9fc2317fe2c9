#include "latents.h"

#include <fmt/format.h>

#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/random.h"

namespace doppel::nn {
namespace {

/// The first of a stream's normal numbers that isn't beyond `most`, either way; 0: no number is.
double truncated_normal(const Stream& stream, double most) {
  double z = stream.normal("z");
  for (std::uint64_t again = 1; most > 0 && std::abs(z) > most; ++again)
    z = stream.split("again", again).normal("z");
  return z;
}

}  // namespace

std::vector<float> draw_latents(std::span<const int> labels, const LatentRows& rows, Executor& threads) {
  const auto latent = static_cast<std::size_t>(rows.latent),
             width = latent + static_cast<std::size_t>(rows.classes);
  std::vector<float> z(labels.size() * width);
  for (const int label : labels)
    if (label < 0 || label >= rows.classes)
      throw Error(fmt::format("class {} was never trained; there are {} (0 to {})", label, rows.classes,
                              rows.classes - 1));
  threads.parallel(static_cast<int>(labels.size()), [&](int row) {
    const auto i = static_cast<std::size_t>(row);
    const Stream stream = Stream{.seed = rows.seed}.split("latent", rows.first + i);
    for (std::size_t k = 0; k < latent; ++k)
      z[i * width + k] = static_cast<float>(truncated_normal(stream.split("at", k), rows.truncation));
    z[i * width + latent + static_cast<std::size_t>(labels[i])] = 1;
  });
  return z;
}

}  // namespace doppel::nn
