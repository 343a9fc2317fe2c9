#include "fetch_ahead.h"

#include <algorithm>

#include "lazy_sample.h"

namespace doppel::dataset {
namespace {

/// Thrown where a transform looks at pixels while it draws: they aren't there yet.
struct PixelsAreNotThere {};

/// As good as the sample for who doesn't look at pixels: they are memory that nobody has written to.
augment::Sample sample_to_draw(augment::Sample sample, const JpegTileTable& tiles, int channels) {
  sample.image = cv::Mat(tiles.size, CV_8UC(channels != 0 ? channels : tiles.channels));
  return sample;
}

std::uint64_t bytes_of_parts(const std::vector<FilePart>& parts) {
  std::uint64_t sum = 0;
  for (const FilePart& part : parts) sum += part.size;
  return sum;
}

}  // namespace

FetchAhead::FetchAhead(const EpochFunction& work, Place from)
    : work_(work), place_(from), thread_([this] { run(); }) {}

FetchAhead::~FetchAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void FetchAhead::restart(Place from) {
  {
    const std::lock_guard lock(mutex_);
    ++generation_;
    place_ = from;
    row_ = bytes_ = 0;
    asked_.clear();
    taken_.clear();
  }
  changed_.notify_all();
}

void FetchAhead::allow(std::uint64_t end_epoch) {
  {
    const std::lock_guard lock(mutex_);
    if (end_epoch <= end_epoch_) return;
    end_epoch_ = end_epoch;
  }
  changed_.notify_all();
}

FetchAhead::Reading::Reading(FetchAhead* ahead, std::uint64_t epoch, std::uint64_t position)
    : ahead_(ahead), row_(epoch, position) {
  if (ahead_) ahead_->take(row_);
}

FetchAhead::Reading::~Reading() {
  if (ahead_) ahead_->let_go(row_);
}

/// The lock is held.
FetchAhead::Row FetchAhead::next_row() const {
  return {place_.epoch, work_.rows_of(place_.epoch, place_.step).first + row_};
}

void FetchAhead::take(const Row& row) {
  {
    const std::lock_guard lock(mutex_);
    if (row < next_row()) return;
    taken_.insert(row);
  }
  changed_.notify_all();
}

void FetchAhead::let_go(const Row& row) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(row);
    if (found == asked_.end()) return;
    bytes_ -= found->second;
    asked_.erase(found);
  }
  changed_.notify_all();
}

/// To the row after this one. The lock is held.
void FetchAhead::go_on() {
  if (++row_ < work_.rows_of(place_.epoch, place_.step).valid()) return;
  row_ = 0;
  if (++place_.step < work_.steps) return;
  place_.step = 0;
  ++place_.epoch;
}

/// Waits until there is a row that may be looked at. False where there will be none.
bool FetchAhead::find_next(Next& next) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopped_ || place_.epoch < end_epoch_; });
    if (stopped_) return false;
    next = {next_row(), place_.step, generation_};
    const bool is_row = row_ < work_.rows_of(place_.epoch, place_.step).valid();
    if (taken_.erase(next.row) == 0 && is_row) return true;
    go_on();
  }
}

/// Waits until so many bytes more may be on their way, counts them, and goes on. False where they aren't to
/// be asked for.
bool FetchAhead::wait_for_room(const Next& next, std::uint64_t bytes) {
  const std::uint64_t most = work_.ahead_bytes;
  std::unique_lock lock(mutex_);
  const auto is_over = [&] { return stopped_ || next.generation != generation_; };
  const auto is_unwanted = [&] {
    return is_over() || bytes == 0 || bytes > most || taken_.contains(next.row);
  };
  changed_.wait(lock, [&] { return is_unwanted() || bytes_ + bytes <= most; });
  if (is_over()) return false;
  const bool wanted = !is_unwanted();
  if (wanted) {
    bytes_ += bytes;
    asked_.emplace(next.row, bytes);
  }
  taken_.erase(next.row);
  go_on();
  return wanted;
}

FetchAhead::Wanted FetchAhead::wanted(const Next& next) const {
  const Source& source = *work_.source;
  const auto [epoch, position] = next.row;
  const std::size_t index = work_.sample_at(epoch, position);
  const int channels = work_.options.channels;
  Wanted wanted;
  const auto add_whole = [&](std::size_t which, std::uint64_t bytes) {
    wanted.whole.push_back(which);
    wanted.bytes += bytes;
  };
  std::optional<UnreadItem> item = source.unread(index);
  if (item && !item->file) add_whole(index, item->bytes);
  if (!item || !item->file) return wanted;
  const JpegTileTable& tiles = item->file->tiles();
  // Those that are mixed in are read whole.
  const augment::PartnerSource partners = [&, at = epoch](std::uint64_t bits) {
    const std::size_t other = work_.any_sample(at, bits);
    std::optional<UnreadItem> partner = source.unread(other);
    if (partner) add_whole(other, partner->bytes);
    if (!partner || !partner->file) throw PixelsAreNotThere();
    return augment::PartnerPick{sample_to_draw(std::move(partner->sample), partner->file->tiles(), channels),
                                work_.partner_stream(at, other, bits)};
  };
  WantedPixels pixels{{{}, tiles.size}, 0};
  try {
    const augment::Sample sample = sample_to_draw(std::move(item->sample), tiles, channels);
    const EpochFunction::Draw draw =
        work_.draw({epoch, next.step, position, index}, sample, partners, [] { throw PixelsAreNotThere(); });
    pixels = wanted_pixels(draw.drawn.plan, draw.views);
  } catch (const PixelsAreNotThere&) {}
  wanted.parts = tiles.parts(pixels.region, pixels.halved);
  wanted.bytes += bytes_of_parts(wanted.parts);
  wanted.file = std::move(item->file);
  return wanted;
}

void FetchAhead::begin(const Wanted& wanted) const {
  if (wanted.file) wanted.file->fetch(wanted.parts);
  for (const std::size_t index : wanted.whole) work_.source->prepare(index);
}

void FetchAhead::run() {
  Next next;
  while (find_next(next)) {
    Wanted wanted;
    try {
      wanted = this->wanted(next);
    } catch (...) {}  // who reads it will say
    if (!wait_for_room(next, wanted.bytes)) continue;
    try {
      begin(wanted);
    } catch (...) {}  // as above
  }
}

}  // namespace doppel::dataset
