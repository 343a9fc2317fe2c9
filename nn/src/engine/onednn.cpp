#include "onednn.h"

#include <algorithm>

#include "kernels.h"

namespace doppel::nn::engine {

namespace {

void grow(std::vector<std::unique_ptr<Buffer>>& per_lane, int lanes, std::size_t floats) {
  per_lane.resize(static_cast<std::size_t>(lanes));
  for (auto& buffer : per_lane)
    if (!buffer || buffer->count() < floats) buffer = std::make_unique<Buffer>(floats);
}

}  // namespace

void Setting::need_scratch(std::size_t bytes) { grow(scratch, lanes, bytes / sizeof(float) + 16); }
void Setting::need_half(std::size_t numbers) { grow(halves, lanes, (numbers + 1) / 2); }

Format format_of(const dnnl::memory::desc& desc) {
  using Tag = dnnl::memory::format_tag;
  for (const auto& [tag, block] : {std::pair{Tag::nChw16c, 16}, {Tag::nChw8c, 8}})
    if (desc == dnnl::memory::desc(dims_of(desc), type_of(desc), tag)) return {tag, block};
  return kPlain;
}

void execute(const Setting& setting, const Lane& lane, const dnnl::primitive& primitive,
             const dnnl::memory::desc& scratch, Arguments arguments) {
  if (scratch.get_size() > 0)
    arguments.insert({DNNL_ARG_SCRATCHPAD,
                      view(setting, scratch, setting.scratch[static_cast<std::size_t>(lane.index)]->data())});
  dnnl::stream stream(setting.engine);
  primitive.execute(stream, arguments);
  stream.wait();
}

Factor::Factor(const Blob& blob, bool half, int batch) : blob_(blob), converts_(half && !blob.half) {
  if (converts_) half_ = Buffer((blob.row_numbers() * static_cast<std::size_t>(batch) + 1) / 2);
}

void* Factor::rows(const Lane& lane) const {
  if (!converts_) return blob_.numbers(lane.first).at;
  return reinterpret_cast<std::uint16_t*>(half_.data()) +
         blob_.row_numbers() * static_cast<std::size_t>(lane.first);
}

void Factor::convert(const Lane& lane) const {
  if (converts_)
    to_bf16(static_cast<std::uint16_t*>(rows(lane)), blob_.row(lane.first),
            blob_.row_numbers() * static_cast<std::size_t>(lane.rows));
}

void* half_gradient(const Setting& setting, const Lane& lane, const Blob& blob) {
  if (blob.half) return blob.grad_numbers(lane.first).at;
  void* const rounded = setting.halves[static_cast<std::size_t>(lane.index)]->data();
  to_bf16(static_cast<std::uint16_t*>(rounded), blob.grad_row(lane.first),
          blob.row_numbers() * static_cast<std::size_t>(lane.rows));
  return rounded;
}

void LaneGradients::take_memory(const dnnl::memory::desc& weights, std::size_t biases, int lanes) {
  constexpr std::size_t kBlock = 16;  // oneDNN writes whole blocks
  desc_ = weights;
  for (int lane = 0; lane < lanes; ++lane) {
    weights_.emplace_back(weights.get_size() / sizeof(float));
    biases_.emplace_back(biases + kBlock);
  }
}

float* LaneGradients::sum(std::vector<Buffer>& per_lane, const Setting& setting) {
  const auto used = static_cast<std::size_t>(std::min(setting.lanes, setting.rows));
  for (std::size_t i = 1; i < used; ++i) add_to(per_lane[0].data(), per_lane[i].data(), per_lane[0].count());
  return per_lane[0].data();
}

void reorder(const Setting& setting, const dnnl::memory& from, const dnnl::memory& to) {
  dnnl::stream stream(setting.engine);
  dnnl::memory source = from, target = to;
  dnnl::reorder(source, target).execute(stream, source, target);
  stream.wait();
}

}  // namespace doppel::nn::engine
