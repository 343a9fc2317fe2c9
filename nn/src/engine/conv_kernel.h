// How convolutions multiply: what fits each, and which is the fastest here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/nn/model/graph.h"

namespace doppel::nn {
class Model;
struct KernelTiming;
}  // namespace doppel::nn

namespace doppel::nn::engine {

struct EngineContext;

enum class ConvKernel {
  Direct,        ///< products of floats
  Winograd,      ///< products of floats, for tiles of 4x4 outputs: see winograd.h
  Bf16,          ///< products of bfloat16
  ChannelsLast,  ///< the same of values that are turned for it: see channels_last_conv.cpp
  Tiles          ///< the same by tiles of ours (AMX): see tile_conv.h
};
constexpr bool multiplies_bf16(ConvKernel kernel) {
  return kernel == ConvKernel::Bf16 || kernel == ConvKernel::ChannelsLast || kernel == ConvKernel::Tiles;
}

/// What a convolution's kernels go by, or a transposed one's.
struct ConvWindows {
  bool transposed;
  int filters, kernel_h, kernel_w, stride, dilation, groups;
  Pads pads;
};
/// Nothing for other layers.
std::optional<ConvWindows> windows_of(const Node& node);

/// True where Winograd's algorithm can compute the convolution, or the transposed one, and is worth trying.
bool suits_winograd(const Node& conv);
/// True where products of bfloat16 can be the fastest, for a convolution or a transposed one. Filters that
/// don't fill groups of 16 have slow weight gradients; a transposed one's filters are filled up.
bool suits_bf16(const Node& conv);

/// True where the convolution's values can be turned, or packed, for tiles of bfloat16. Either kernel is
/// tried only where the processor multiplies tiles (AMX); ours runs nowhere else.
bool suits_tiles(const Node& conv);

/// The kernel of each node that is a convolution or a transposed one. Where several fit it is the one of
/// `given` (node's name to name_of()), else what was the fastest when this machine timed them (see
/// KernelTimes), else what should be by expected_seconds(); where no rule is known of one of them, or the
/// context says so, they are timed now. Those are added to `given`, and so are those for which there is a
/// choice on other machines only. `progress` gets the convolutions timed, of those that must be; nothing
/// where none must.
std::vector<ConvKernel> choose_conv_kernels(const std::vector<Node>& nodes, Model& model,
                                            const EngineContext& context,
                                            std::map<std::string, std::string>& given,
                                            const OnProgress& progress = {});

/// How each node that is a convolution or a transposed one came to its kernel: `chosen` is what
/// choose_conv_kernels() left in `given`.
std::vector<KernelTiming> kernel_timings(const std::vector<Node>& nodes, const EngineContext& context,
                                         const std::map<std::string, std::string>& chosen);

/// "direct", "winograd4x4", "bf16", "bf16_nhwc" or "bf16_tiles".
std::string name_of(ConvKernel kernel);

}  // namespace doppel::nn::engine
