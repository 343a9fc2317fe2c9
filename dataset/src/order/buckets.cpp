#include "buckets.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/parallel.h"
#include "doppel/base/random.h"
#include "doppel/dataset/order/sampler.h"
#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {
namespace {

double aspect(Size size) { return std::log(double(size.width) / size.height); }

std::size_t nearest(std::span<const Size> sizes, double wanted) {
  const auto distance = [wanted](Size size) { return std::abs(aspect(size) - wanted); };
  return static_cast<std::size_t>(std::ranges::min_element(sizes, {}, distance) - sizes.begin());
}

}  // namespace

Buckets::Buckets(const Source& source, std::span<const Size> sizes, std::size_t batch, bool drops_short)
    : batch_(batch), members_(sizes.size()) {
  std::vector<std::uint8_t> size_of(source.size());
  for_all(source.size(), [&](std::size_t i) {
    double wanted = 0;
    try {
      wanted = aspect(image_size(source.read(i)));
    } catch (const Error&) {}
    size_of[i] = static_cast<std::uint8_t>(nearest(sizes, wanted));
  });
  for (std::size_t i = 0; i < size_of.size(); ++i)
    members_[size_of[i]].push_back(static_cast<std::uint32_t>(i));
  for (const auto& members : members_)
    starts_.push_back(starts_.back() +
                      (drops_short ? members.size() / batch : (members.size() + batch - 1) / batch));
  steps_ = starts_.back();
}

Buckets::Place Buckets::place(std::uint64_t step, bool shuffled, std::uint64_t seed,
                              std::uint64_t epoch) const {
  const std::uint64_t batch = shuffled ? Shuffle(steps_, seed, epoch)(step) : step;
  const auto size = static_cast<std::size_t>(std::ranges::upper_bound(starts_, batch) - starts_.begin()) - 1;
  const std::uint64_t first = (batch - starts_[size]) * batch_;
  return {size, first, std::min<std::uint64_t>(batch_, members_[size].size() - first)};
}

std::size_t Buckets::sample(const Place& place, std::uint64_t row, bool shuffled, std::uint64_t seed,
                            std::uint64_t epoch) const {
  const auto& members = members_[place.size];
  const std::uint64_t k = place.first + row;
  // Each size has its own order.
  const Stream key = Stream{.seed = seed}.split("bucket", place.size);
  return members[static_cast<std::size_t>(shuffled ? Shuffle(members.size(), key.bits("order"), epoch)(k)
                                                   : k)];
}

}  // namespace doppel::dataset
