#include "batch_queue.h"

#include <algorithm>
#include <cstring>

#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/base/interrupted.h"
#include "lazy_sample.h"

namespace doppel::dataset {
namespace {

/// Of a batch's images or of one of its views.
augment::Target row_of(const EpochFunction& work, const Tensor& images, std::size_t row) {
  const bool planes = work.options.layout == augment::Layout::CHW;
  const auto side = [&](std::size_t axis) { return static_cast<int>(images.shape()[axis]); };
  augment::Target target;
  target.size = planes ? Size{side(2), side(3)} : Size{side(1), side(2)};
  target.channels = side(planes ? 1 : 3);
  const std::size_t bytes = static_cast<std::size_t>(target.channels) *
                            static_cast<std::size_t>(target.size.height) *
                            static_cast<std::size_t>(target.size.width) * bytes_of(work.options.type);
  target.data = static_cast<unsigned char*>(images.data()) + row * bytes;
  target.type = work.options.type;
  target.layout = work.options.layout;
  target.mean = work.options.mean;
  target.std = work.options.std;
  target.past_caches = work.past_caches;
  return target;
}

DType dtype_of(augment::PixelType type) {
  switch (type) {
    case augment::PixelType::U8:
      return DType::U8;
    case augment::PixelType::F32:
      return DType::F32;
    case augment::PixelType::BF16:
      return DType::BF16;
    case augment::PixelType::U16:
      return DType::U16;
    case augment::PixelType::F16:
      break;
  }
  return DType::F16;
}

/// Books the time since it was last asked.
class StageTimer {
 public:
  StageTimer(Trace* trace, std::uint64_t step, std::size_t index)
      : trace_(trace), step_(step), index_(index) {}
  void book(std::string_view what, std::atomic<std::int64_t>& sum) {
    const auto now = Clock::now();
    sum += (now - last_).count();
    if (trace_) trace_->add(what, last_, now, step_, index_);
    last_ = now;
  }

 private:
  Trace* trace_;
  std::uint64_t step_;
  std::size_t index_;
  Clock::time_point last_ = Clock::now();
};

void keep_targets(Batch& batch, std::size_t row, augment::Drawn& drawn, augment::Sample& sample) {
  Targets& targets = batch.targets[row];
  batch.labels[row] = drawn.label;
  targets.masks = augment::render_masks(drawn, sample);
  targets.boxes = std::move(drawn.boxes);
  targets.keypoints = std::move(drawn.keypoints);
  targets.rotated_boxes = std::move(drawn.rotated_boxes);
  targets.label_shares = std::move(drawn.label_shares);
  targets.fields = std::move(sample.fields);
  targets.maps = augment::render_maps(drawn, sample);
  targets.outlines = std::move(drawn.outlines);
  batch.numbers[row] = std::move(drawn.numbers);
  batch.weights[row] = drawn.weight;
}

template <class List>
void keep_rows(List& list, const std::vector<std::size_t>& rows) {
  List kept;
  for (const std::size_t row : rows) kept.push_back(std::move(list[row]));
  list = std::move(kept);
}

void keep_images(Tensor& images, const std::vector<std::size_t>& rows) {
  const std::size_t bytes = images.bytes() / static_cast<std::size_t>(images.shape()[0]);
  auto* data = static_cast<unsigned char*>(images.data());
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i] != i) std::memcpy(data + i * bytes, data + rows[i] * bytes, bytes);
  images = images.first(static_cast<std::int64_t>(rows.size()));
}

/// Leaves out the rows that have no sample.
void drop_bad_rows(PendingBatch& slot) {
  std::vector<std::size_t> good;
  for (std::size_t row = 0; row < slot.rows; ++row)
    if (!slot.errors[row]) good.push_back(row);
  if (good.size() == slot.rows) return;
  Batch& batch = slot.batch;
  batch.valid -= static_cast<std::size_t>(std::count_if(slot.errors.begin(), slot.errors.end(),
                                                        [](const auto& error) { return error != nullptr; }));
  keep_images(batch.images, good);
  for (Tensor& view : batch.views) keep_images(view, good);
  keep_rows(batch.labels, good);
  keep_rows(batch.indices, good);
  keep_rows(batch.targets, good);
  keep_rows(batch.positions, good);
  keep_rows(batch.numbers, good);
  keep_rows(batch.weights, good);
}

}  // namespace

BatchQueue::BatchQueue(EpochFunction work) : work_(std::move(work)), retired_(tensors()) {}

/// Rows that one task does: enough to make the task's own cost small, few enough to share a batch among all.
std::size_t BatchQueue::piece_rows() const {
  constexpr std::size_t kMost = 8;
  return std::clamp<std::size_t>(work_.options.batch / 8, 1, kMost);
}

/// Of a batch's images (0) or one of its views.
Size BatchQueue::largest_size(std::size_t which) const {
  return which == 0 ? Size{work_.shape[1], work_.shape[2]} : work_.views[which - 1].size;
}

std::size_t BatchQueue::largest_bytes(std::size_t which) const {
  const auto [height, width] = largest_size(which);
  return work_.most_rows() * static_cast<std::size_t>(work_.shape[0]) * static_cast<std::size_t>(height) *
         static_cast<std::size_t>(width) * bytes_of(work_.options.type);
}

Tensor BatchQueue::largest_tensor(std::size_t which) const {
  const auto [height, width] = largest_size(which);
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(work_.most_rows()), work_.shape[0], height,
                                  width};
  const DType type = dtype_of(work_.options.type);
  if (!work_.options.allocator) return Tensor(type, std::move(shape));
  return Tensor(type, std::move(shape), work_.options.allocator(largest_bytes(which)));
}

/// Somebody may still hold the tensor that was handed out: then it's theirs, until they let go of it.
void BatchQueue::replace_kept_tensor(Tensor& images, std::size_t which) {
  if (images.count() > 0 && images.is_unique()) return;
  std::deque<Tensor>& retired = retired_[which];
  const std::size_t most = work_.options.memory > 0 ? 1 : work_.options.prefetch + 2;
  if (images.count() > 0) retired.push_back(std::move(images));
  const auto back = std::ranges::find_if(retired, [](const Tensor& tensor) { return tensor.is_unique(); });
  if (back == retired.end()) {
    images = largest_tensor(which);
  } else {
    images = std::move(*back);
    retired.erase(back);
  }
  while (retired.size() > most) retired.pop_front();
}

std::size_t BatchQueue::retired_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  for (std::size_t which = 0; which < retired_.size(); ++which)
    bytes += retired_[which].size() * largest_bytes(which);
  return bytes;
}

std::unique_ptr<PendingBatch> BatchQueue::fresh_slot(std::uint64_t epoch, std::uint64_t step) {
  std::unique_ptr<PendingBatch> slot;
  if (!pool_.empty()) {
    slot = std::move(pool_.back());
    pool_.pop_back();
  } else {
    slot = std::make_unique<PendingBatch>();
  }
  slot->batch.views.resize(work_.views.size());
  replace_kept_tensor(slot->batch.images, 0);
  for (std::size_t k = 0; k < work_.views.size(); ++k) replace_kept_tensor(slot->batch.views[k], k + 1);
  prepare(*slot, epoch, step);
  return slot;
}

void BatchQueue::prepare(PendingBatch& slot, std::uint64_t epoch, std::uint64_t step) const {
  Batch& batch = slot.batch;
  const EpochFunction::Rows rows = work_.rows_of(epoch, step);
  const auto [c, h, w] = work_.shape_of(epoch, step);
  const auto n = static_cast<std::int64_t>(work_.most_rows());
  const bool planes = work_.options.layout == augment::Layout::CHW;
  const auto shaped = [&, channels = c](const Tensor& images, Size size) {
    const Tensor whole = planes ? images.as({n, channels, size.height, size.width})
                                : images.as({n, size.height, size.width, channels});
    return whole.first(static_cast<std::int64_t>(rows.count()));
  };
  batch.images = shaped(batch.images, {h, w});
  for (std::size_t k = 0; k < batch.views.size(); ++k)
    batch.views[k] = shaped(batch.views[k], work_.views[k].size);
  slot.rows = rows.count();
  slot.claimed = slot.done = 0;
  slot.errors.assign(slot.rows, nullptr);
  slot.replaced.assign(slot.rows, {});
  batch.epoch = epoch;
  batch.step = step;
  batch.valid = rows.valid();
  batch.labels.assign(slot.rows, -1);
  batch.indices.assign(slot.rows, 0);
  batch.targets.assign(slot.rows, {});
  batch.numbers.assign(slot.rows, {});
  batch.weights.assign(slot.rows, 0);
  batch.positions.resize(slot.rows);
  for (std::size_t r = 0; r < slot.rows; ++r) batch.positions[r] = rows.first + r;
}

Batch BatchQueue::make(std::uint64_t epoch, std::uint64_t step) {
  PendingBatch slot;
  slot.batch.images = largest_tensor(0);
  for (std::size_t k = 0; k < work_.views.size(); ++k) slot.batch.views.push_back(largest_tensor(k + 1));
  prepare(slot, epoch, step);
  for (std::size_t row = 0; row < slot.rows; ++row) fill_row(slot, row);
  drop_bad_rows(slot);
  return std::move(slot.batch);
}

std::size_t BatchQueue::schedule(std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  // Who asks for more epochs than he said gets them.
  const std::uint64_t epochs =
      work_.options.epochs == 0 ? ~std::uint64_t{0} : std::max(work_.options.epochs, epoch + 1);
  fetch_ahead(epochs);
  while (!stopped_ && in_flight_.size() < work_.options.prefetch && ahead_epoch_ < epochs) {
    in_flight_.push_back(fresh_slot(ahead_epoch_, ahead_step_));
    read_ahead(*in_flight_.back());
    if (++ahead_step_ == work_.steps) {
      ahead_step_ = 0;
      ++ahead_epoch_;
    }
  }
  const std::size_t size = piece_rows();
  std::size_t pieces = 0;
  for (const auto& slot : in_flight_) pieces += (slot->rows - slot->claimed + size - 1) / size;
  return pieces;
}

/// From the first batch on, and as far as bytes allow: further than the batches in flight, and up to the end
/// of the next epoch.
void BatchQueue::fetch_ahead(std::uint64_t epochs) {
  if (stopped_ || work_.ahead_bytes == 0) return;
  if (!fetch_ahead_)
    fetch_ahead_ = std::make_unique<FetchAhead>(work_, FetchAhead::Place{ahead_epoch_, ahead_step_});
  fetch_ahead_->allow(std::min(epochs, ahead_epoch_ + 2));
}

/// Worth a thread only where reading takes longer than memory does.
void BatchQueue::read_ahead(const PendingBatch& slot) {
  if (work_.source->is_far()) return;
  constexpr std::int64_t kSeen = 32, kSlow = 150'000;  // samples; nanoseconds
  const std::int64_t read = read_;
  if (read < kSeen || reading_ / read < kSlow) return;
  if (!ahead_) ahead_ = std::make_unique<ReadAhead>(work_.source);
  for (std::size_t row = 0; row < slot.batch.valid; ++row)
    ahead_->want(work_.sample_at(slot.batch.epoch, slot.batch.positions[row]));
}

bool BatchQueue::run_one(std::size_t most) {
  Piece piece;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    for (const auto& slot : in_flight_) {
      if (slot->claimed == slot->rows) continue;
      piece = {slot.get(), slot->claimed, std::min(slot->rows, slot->claimed + most)};
      slot->claimed = piece.last;
      break;
    }
    if (!piece.slot) return false;
    ++working_;
  }
  for (std::size_t row = piece.first; row < piece.last; ++row) fill_row(*piece.slot, row);
  const std::lock_guard lock(mutex_);
  piece.slot->done += piece.last - piece.first;
  --working_;
  changed_.notify_all();
  return true;
}

void BatchQueue::fill_row(PendingBatch& slot, std::size_t row) {
  Batch& batch = slot.batch;
  if (row >= batch.valid) {
    std::memset(row_of(work_, batch.images, row).data, 0, batch.images.bytes() / slot.rows);
    for (const Tensor& view : batch.views)
      std::memset(row_of(work_, view, row).data, 0, view.bytes() / slot.rows);
    batch.indices[row] = static_cast<std::size_t>(-1);
    return;
  }
  const FetchAhead::Reading reading(fetch_ahead_.get(), batch.epoch, batch.positions[row]);
  const std::size_t index = work_.sample_at(batch.epoch, batch.positions[row]);
  constexpr std::uint64_t kTries = 8;
  for (std::uint64_t k = 0; k <= kTries; ++k) {
    try {
      return fill_row_with(slot, row,
                           k == 0 ? index : work_.replacement(batch.epoch, batch.positions[row], index, k));
    } catch (const Interrupted&) {  // which is no fault of the sample's
      slot.errors[row] = std::current_exception();
      return;
    } catch (const std::exception& error) {
      if (k == 0) slot.replaced[row] = {name_of(*work_.source, index), error.what()};
      if (k < kTries && work_.options.on_error == LoaderOptions::OnError::Replace) continue;
      slot.errors[row] = std::current_exception();
      batch.indices[row] = index;
      return;
    }
  }
}

void BatchQueue::fill_row_with(PendingBatch& slot, std::size_t row, std::size_t index) {
  Batch& batch = slot.batch;
  batch.indices[row] = index;
  StageTimer lap(work_.options.trace.get(), batch.step, index);
  try {
    std::optional<UnreadItem> unread = work_.source->unread(index);
    const bool by_parts = unread && unread->file;
    Item item;
    if (!by_parts) item = work_.source->read(index);
    lap.book("read", reading_);
    ++read_;
    const int channels = work_.options.channels;
    const AlphaOver alpha = work_.options.alpha;
    LazySample lazy =
        by_parts ? LazySample(*unread, channels, alpha, large_) : LazySample(item, channels, alpha, large_);
    lap.book("decode", decoding_);
    auto [drawn, views] = work_.draw({batch.epoch, batch.step, batch.positions[row], index}, lazy.sample(),
                                     work_.partners_of(batch.epoch), [&] { lazy.need_all(); });
    lap.book("draw", drawing_);
    if (by_parts) {
      lazy.read(drawn.plan, views);
      lap.book("read", reading_);
    }
    lazy.need(drawn.plan, views);
    decoded_ += lazy.decodes();
    lap.book("decode", decoding_);
    const cv::Mat& image = lazy.sample().image;
    augment::render(drawn.plan, image, row_of(work_, batch.images, row), drawn.partners, lazy.halved());
    for (std::size_t k = 0; k < views.size(); ++k)
      augment::render(views[k].plan, image, row_of(work_, batch.views[k], row), views[k].partners,
                      lazy.halved());
    keep_targets(batch, row, drawn, lazy.sample());
    lap.book("render", rendering_);
  } catch (const Interrupted&) { throw; } catch (const std::exception& error) {
    std::throw_with_nested(Error(named(*work_.source, index, error.what())));
  } catch (...) { throw Error(named(*work_.source, index, "an exception that is no std::exception")); }
}

void BatchQueue::wait_for_workers(std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this] { return working_ == 0; });
}

void BatchQueue::restart(std::uint64_t epoch, std::uint64_t step) {
  std::unique_lock lock(mutex_);
  for (const auto& slot : in_flight_) slot->claimed = slot->rows;
  wait_for_workers(lock);
  for (auto& slot : in_flight_) pool_.push_back(std::move(slot));
  in_flight_.clear();
  if (ahead_) ahead_->clear();
  if (fetch_ahead_) fetch_ahead_->restart({epoch, step});
  next_epoch_ = ahead_epoch_ = epoch;
  next_step_ = ahead_step_ = step;
}

void BatchQueue::stop() {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  wait_for_workers(lock);
}

/// Works, and sleeps where nothing is left to claim.
void BatchQueue::wait_until_ready(const PendingBatch& slot) {
  constexpr std::chrono::milliseconds kNap{50};
  const auto& poll = work_.options.while_waiting;
  const auto ready = [&] { return slot.done == slot.rows; };
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (ready()) return;
    }
    if (poll) poll();
    const bool helps = work_.options.consumer == LoaderOptions::Consumer::Helps;
    if (helps && run_one(poll ? 1 : piece_rows())) continue;
    const auto start = Clock::now();
    std::unique_lock lock(mutex_);
    if (poll)
      changed_.wait_for(lock, kNap, ready);
    else
      changed_.wait(lock, ready);
    const auto end = Clock::now();
    report_.waiting += end - start;
    if (work_.options.trace) work_.options.trace->add("wait", start, end, slot.batch.step, 0);
  }
}

void BatchQueue::take() {
  {
    const std::lock_guard lock(mutex_);
    if (current_) pool_.push_back(std::move(current_));
  }
  wait_until_ready(*in_flight_.front());
  const std::lock_guard lock(mutex_);
  current_ = std::move(in_flight_.front());
  in_flight_.pop_front();
  if (++next_step_ == work_.steps) {
    next_step_ = 0;
    ++next_epoch_;
  }
  report_.samples += current_->rows;
  settle_errors(*current_);
}

void BatchQueue::settle_errors(PendingBatch& slot) {
  for (std::size_t row = 0; row < slot.rows; ++row) {
    if (slot.replaced[row].name.empty() && slot.errors[row]) std::rethrow_exception(slot.errors[row]);
    if (slot.replaced[row].name.empty()) continue;
    if (slot.errors[row] && work_.options.on_error == LoaderOptions::OnError::Fail)
      std::rethrow_exception(slot.errors[row]);
    // Each once, however many epochs meet it.
    auto& met = slot.errors[row] ? skipped_ : replaced_;
    if (!met.insert(slot.replaced[row].name).second) continue;
    ++(slot.errors[row] ? report_.skipped : report_.replaced);
    if (report_.reasons.size() < 100) report_.reasons.push_back(slot.replaced[row]);
  }
  drop_bad_rows(slot);
}

LoaderReport BatchQueue::report() const {
  const std::lock_guard lock(mutex_);
  LoaderReport report = report_;
  report.decoded = static_cast<std::size_t>(decoded_);
  report.reading = std::chrono::nanoseconds(reading_);
  report.decoding = std::chrono::nanoseconds(decoding_);
  report.drawing = std::chrono::nanoseconds(drawing_);
  report.rendering = std::chrono::nanoseconds(rendering_);
  return report;
}

}  // namespace doppel::dataset
