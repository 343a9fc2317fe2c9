#include "lifetimes.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>

namespace doppel::nn::engine {

void Lifetimes::need(Buffer& buffer, int first, int last) {
  const auto [found, fresh] = spans_.try_emplace(&buffer, Span{first, last});
  if (fresh) order_.push_back(&buffer);
  Span& span = found->second;
  span = {std::min(span.first, first), std::max(span.last, last)};
}

Buffer Lifetimes::share_memory() const {
  constexpr std::size_t kLine = 16;  // floats
  struct Placed {
    std::size_t begin, end;
    Span span;
  };
  std::vector<Buffer*> by_size;
  std::ranges::copy_if(order_, std::back_inserter(by_size), [](const Buffer* b) { return !b->has_memory(); });
  std::ranges::stable_sort(by_size, std::greater<>(), [](const Buffer* b) { return b->count(); });
  std::vector<Placed> placed;  // by where they begin
  std::vector<std::size_t> places;
  std::size_t all = 0;
  for (Buffer* buffer : by_size) {
    const Span& span = spans_.at(buffer);
    const std::size_t size = (buffer->count() + kLine - 1) / kLine * kLine;
    std::size_t begin = 0;
    for (const Placed& other : placed)
      if (other.span.meets(span) && other.end > begin) {
        if (other.begin >= begin + size) break;
        begin = other.end;
      }
    const Placed now{begin, begin + size, span};
    placed.insert(std::ranges::upper_bound(placed, begin, {}, &Placed::begin), now);
    places.push_back(begin);
    all = std::max(all, now.end);
  }
  Buffer memory(all);
  for (std::size_t i = 0; i < by_size.size(); ++i) by_size[i]->borrow_memory(memory.data() + places[i]);
  return memory;
}

namespace {

constexpr int kAlways = 1 << 30;  // later than any stretch

/// What fills blocks up with zeros, which who reads them counts on.
bool is_padded(const Blob& blob) { return blob.padded_channels() != blob.shape.channels; }

/// Has shards meet whenever a part of all the memory has been gone through since they last did. Lanes that
/// wait for each other lose time: some percent, if they did so after each step.
template <class Steps, class Phases, class BufferOf>
void make_meetings(const Steps& order, Phases phases, BufferOf buffer_of) {
  constexpr std::size_t kParts = 4, kLittle = std::size_t{2} << 20;  // floats
  std::set<const Buffer*> all, seen;
  std::size_t total = 0, since = 0;
  for (const auto& step : order)
    for (const Blob* blob : step->blobs())
      if (const Buffer* buffer = buffer_of(*blob); buffer && all.insert(buffer).second)
        total += buffer->count();
  for (const auto& step : order) {
    if (phases(*step) > 1) since = 0;
    for (const Blob* blob : step->blobs())
      if (const Buffer* buffer = buffer_of(*blob); buffer && seen.insert(buffer).second)
        since += buffer->count();
    if (since < std::max(kLittle, total / kParts)) continue;
    step->make_meeting();
    since = 0;
  }
}

/// Calls visit(step, its first stretch, its last) along `order`.
template <class Steps, class Phases, class Visit>
void walk(const Steps& order, const EngineContext& context, Phases phases, Visit visit) {
  int now = 0;
  for (const auto& step : order) {
    const int first = now;
    now += phases(*step) - 1;
    visit(*step, first, now);
    if (context.shards == 1 || step->is_meeting()) ++now;
  }
}

}  // namespace

Buffer share_gradients(const std::vector<std::unique_ptr<Step>>& steps, const EngineContext& context,
                       const Blob& images, const std::vector<Blob*>& given) {
  Lifetimes lifetimes;
  if (images.grad) lifetimes.need(*images.grad, 0, kAlways);
  for (const Blob* blob : given) lifetimes.need(*blob->grad, 0, 0);
  std::vector<Step*> order;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) order.push_back(step->get());
  const auto phases = [](const Step& s) { return s.backward_phases(); };
  make_meetings(order, phases, [](const Blob& blob) { return blob.grad.get(); });
  walk(order, context, phases, [&](const Step& step, int first, int last) {
    for (const Blob* blob : step.blobs())
      if (blob->grad) {
        const bool stays = is_padded(*blob) || step.keeps_gradient();
        lifetimes.need(*blob->grad, is_padded(*blob) ? 0 : first, stays ? kAlways : last);
      }
  });
  return lifetimes.share_memory();
}

Buffer share_values(const std::vector<std::unique_ptr<Step>>& steps, const EngineContext& context,
                    Blob& images, const Blob& last_value) {
  const auto phases = [](const Step& s) { return s.forward_phases(); };
  make_meetings(steps, phases, [](const Blob& blob) { return blob.data.get(); });
  Lifetimes lifetimes;
  lifetimes.need(*images.data, 0, 0);
  lifetimes.need(*last_value.data, 0, kAlways);
  walk(steps, context, phases, [&](const Step& step, int first, int last) {
    for (const Blob* blob : step.blobs())
      lifetimes.need(*blob->data, is_padded(*blob) ? 0 : first, is_padded(*blob) ? kAlways : last);
  });
  return lifetimes.share_memory();
}

}  // namespace doppel::nn::engine
