#include "doppel/dataset/combine/annealed.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/dataset/order/sampler.h"

namespace doppel::dataset {

Annealed::Annealed(SourcePtr main, SourcePtr extra, double share, std::size_t size, std::uint64_t seed,
                   double from, ExtraOrder order)
    : main_(std::move(main)),
      extra_(std::move(extra)),
      share_{extra_ ? share : 0, size, from},
      seed_(seed),
      order_(order) {
  if (!(share_.share >= 0 && share_.share <= 1 && from >= 0 && from <= 1))
    throw UsageError(fmt::format("a share of {} up to {} of the way: both are 0 to 1", share_.share, from));
  if (main_->size() == 0 || (extra_ && extra_->size() == 0))
    throw UsageError("there is nothing to draw from");
  if (extra_ && extra_->classes() != main_->classes())
    throw UsageError("sources that are mixed need the same classes");
  if (extra_ && extra_->number_names() != main_->number_names())
    throw UsageError("sources that are mixed need the same numbers to learn");
}

std::size_t AnnealedShare::extras(std::size_t count) const {
  // The integral of the share: a straight line, then a parabola.
  const auto t = static_cast<double>(count), all = static_cast<double>(size), until = from * all;
  const double flat = std::min(t, until), falling = std::max(0.0, t - until);
  const double fallen = all > until ? falling - falling * falling / (2 * (all - until)) : 0;
  return static_cast<std::size_t>(std::floor(share * (flat + fallen) + 1e-9));
}

std::size_t AnnealedShare::place_of(std::size_t number) const {
  std::size_t from_here = 0, to = size;
  while (from_here < to) {
    const std::size_t middle = from_here + (to - from_here) / 2;
    extras(middle + 1) <= number ? from_here = middle + 1 : to = middle;
  }
  return to;
}

bool Annealed::is_extra(std::size_t index) const { return share_.extras(index + 1) > share_.extras(index); }

Annealed::Place Annealed::place(std::size_t index) const {
  const bool extra = is_extra(index);
  const Source* source = extra ? extra_.get() : main_.get();
  const std::size_t before = share_.extras(index), number = extra ? before : index - before,
                    n = source->size();
  if (extra && order_ == ExtraOrder::AsItIs) return {source, number % n};
  // The two are shuffled by different keys.
  const Shuffle shuffle(n, seed_, 2 * (number / n) + (extra ? 1 : 0));
  return {source, static_cast<std::size_t>(shuffle(number % n))};
}

Item Annealed::read(std::size_t index) const {
  const Place at = place(index);
  return at.source->read(at.index);
}
void Annealed::prepare(std::size_t index) const {
  const Place at = place(index);
  at.source->prepare(at.index);
}
bool Annealed::is_far() const { return main_->is_far() || (extra_ && extra_->is_far()); }
std::optional<UnreadItem> Annealed::unread(std::size_t index) const {
  const Place at = place(index);
  return at.source->unread(at.index);
}
std::string Annealed::name(std::size_t index) const {
  const Place at = place(index);
  return at.source->name(at.index);
}
int Annealed::label(std::size_t index) const {
  const Place at = place(index);
  return at.source->label(at.index);
}
std::vector<augment::LabelShare> Annealed::label_shares(std::size_t index) const {
  const Place at = place(index);
  return at.source->label_shares(at.index);
}
std::vector<int> Annealed::object_labels(std::size_t index) const {
  const Place at = place(index);
  return at.source->object_labels(at.index);
}
std::vector<double> Annealed::numbers(std::size_t index) const {
  const Place at = place(index);
  return at.source->numbers(at.index);
}

}  // namespace doppel::dataset
