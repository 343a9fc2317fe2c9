#include "conv_kernel.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>

#include "doppel/base/error.h"
#include "doppel/nn/model/notation.h"
#include "kernel_rule.h"
#include "kernel_times.h"
#include "onednn_api.h"
#include "step.h"

namespace doppel::nn::engine {
namespace {

/// What 0.1.0 named oneDNN's Winograd, whose bits are others.
constexpr std::string_view kOneDnnsWinograd = "winograd";

/// True where Winograd's algorithm can compute the convolution, if the processor has loops for it.
bool has_choice(const Node& conv) {
  constexpr int kFewest = 32;
  const ConvWindows l = windows_of(conv).value();
  const bool in_ones = (l.kernel_h == 3 || l.kernel_h == 5) && l.stride == 1 && !l.transposed,
             in_twos = l.kernel_h == 4 && l.stride == 2;
  // Those of a transposed one are filled up.
  const bool fills_blocks = l.transposed || (l.filters >= kFewest && l.filters % 16 == 0);
  return (in_ones || in_twos) && l.kernel_w == l.kernel_h && l.dilation == 1 && l.groups == 1 &&
         std::max({l.pads.top, l.pads.left, l.pads.bottom, l.pads.right}) < l.kernel_h &&
         conv.in.channels >= kFewest && conv.in.channels % 16 == 0 && fills_blocks;
}

ConvKernel kernel_named(const std::string& name) {
  for (const ConvKernel kernel : {ConvKernel::Direct, ConvKernel::Winograd, ConvKernel::Bf16,
                                  ConvKernel::ChannelsLast, ConvKernel::Tiles})
    if (name_of(kernel) == name) return kernel;
  if (name == kOneDnnsWinograd) return ConvKernel::Winograd;
  throw Error(fmt::format("no kernel of convolutions is called {}", name));
}

/// What fits everywhere.
ConvKernel usual_kernel(const Node& conv, const EngineContext& context) {
  return context.bf16 && suits_bf16(conv) ? ConvKernel::Bf16 : ConvKernel::Direct;
}

/// A transposed convolution doesn't go back to products of floats, where those of bfloat16 were asked for.
bool keeps_to_bf16(const Node& conv, const EngineContext& context) {
  return std::holds_alternative<ConvTranspose2d>(conv.layer) &&
         usual_kernel(conv, context) == ConvKernel::Bf16;
}

/// True where the convolution can multiply so here, fast or not.
bool can_run(const Node& conv, const EngineContext& context, ConvKernel kernel) {
  switch (kernel) {
    case ConvKernel::Winograd:
      return suits_winograd(conv) && !keeps_to_bf16(conv, context);
    case ConvKernel::ChannelsLast:
      return context.bf16 && suits_tiles(conv) && !windows_of(conv)->transposed;
    case ConvKernel::Tiles:
      return context.tiles && context.bf16 && suits_tiles(conv);
    case ConvKernel::Direct:
      return can_run(conv, context, ConvKernel::Winograd) || usual_kernel(conv, context) == kernel;
    case ConvKernel::Bf16:
      return usual_kernel(conv, context) == kernel;
  }
  return false;
}

/// Those that may be the fastest, the usual one first.
std::vector<ConvKernel> candidates(const Node& conv, const EngineContext& context) {
  std::vector some{usual_kernel(conv, context)};
  for (const ConvKernel kernel : {ConvKernel::ChannelsLast, ConvKernel::Tiles})
    if (context.tiles && can_run(conv, context, kernel)) some.push_back(kernel);
  if (can_run(conv, context, ConvKernel::Winograd)) some.push_back(ConvKernel::Winograd);
  return some;
}

/// Seconds of one shard's forward pass, and in training of its way back.
/// `bf16`: what it reads and writes is bfloat16.
double measured(const Node& node, Model& model, bool training, int rows, ConvKernel kernel, bool bf16) {
  constexpr int kRuns = 3;
  EngineContext context;
  context.batch = context.rows = rows;
  context.training = training;
  Blob in, out;
  in.shape = node.in;
  out.shape = node.out;
  in.format = usual_blocks();
  in.bf16 = out.bf16 = context.bf16 = bf16;
  in.allocate(rows, training);
  const StepInputs inputs{node, model, context, in, out, training, training, kernel};
  const auto step = std::holds_alternative<Conv2d>(node.layer) ? make_conv(inputs, 1) : make_deconv(inputs);
  in.take_memory();
  out.take_memory();
  step->prepare(rows);
  double best = 0;
  for (int run = 0; run <= kRuns; ++run) {  // the first is there to warm up
    const auto start = std::chrono::steady_clock::now();
    step->forward(0, {0, 0, rows});
    if (training) step->backward(0, {0, 0, rows});
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = run <= 1 ? seconds : std::min(best, seconds);
  }
  return best;
}

/// So many of a shard's rows as take some ten milliseconds: more would tell nothing new. A whole part of
/// them, since Winograd's kernels are slow for numbers that don't divide.
int timed_rows(const Node& node, const EngineContext& context) {
  constexpr double kEnough = 4e9;
  const ConvWindows l = windows_of(node).value();
  const double flops = 2.0 * l.kernel_h * l.kernel_w *
                       (l.transposed ? l.filters * static_cast<double>(node.in.count())
                                     : node.in.channels * static_cast<double>(node.out.count()));
  const int rows = (context.batch + context.shards - 1) / context.shards;
  int some = 1;
  while (some < rows && (some * flops < kEnough || rows % some != 0)) ++some;
  return some;
}

std::vector<std::string> names_of_candidates(const Node& node, const EngineContext& context) {
  std::vector<std::string> names;
  for (const ConvKernel kernel : candidates(node, context)) names.push_back(name_of(kernel));
  return names;
}

/// What is timed to tell candidates apart.
std::string work_of(const Node& node, const EngineContext& context) {
  const ConvWindows layer = windows_of(node).value();
  std::string window = fmt::format("{} {}filters of {}x{}", layer.filters,
                                   layer.transposed ? "transposed " : "", layer.kernel_h, layer.kernel_w);
  if (layer.stride != 1 || layer.dilation != 1)
    window += fmt::format(" every {}, taps every {}", layer.stride, layer.dilation);
  return fmt::format("{}: {} of {} rows of {}, {}, pads {} {} {} {}, {}", machine_name(),
                     context.training ? "training" : "prediction", timed_rows(node, context), node.in.text(),
                     window, layer.pads.top, layer.pads.left, layer.pads.bottom, layer.pads.right,
                     fmt::join(names_of_candidates(node, context), " or "));
}

/// What was timed on this machine.
std::optional<KernelTimes::Times> known_times(const Node& node, const EngineContext& context) {
  return KernelTimes::of_machine().find(work_of(node, context), names_of_candidates(node, context));
}

/// What the rule expects; nothing where it doesn't know all candidates.
std::optional<KernelTimes::Times> ruled_times(const Node& node, const EngineContext& context) {
  KernelTimes::Times times;
  const std::vector<ConvKernel> some = candidates(node, context);
  const bool bf16 = some.front() == ConvKernel::Bf16;
  for (const ConvKernel kernel : some) {
    const auto seconds = expected_seconds(kernel, node, timed_rows(node, context), context.training, bf16);
    if (!seconds) return {};
    times[name_of(kernel)] = *seconds;
  }
  return times;
}

bool must_be_timed(const Node& node, const EngineContext& context) {
  return !known_times(node, context) && (context.times_kernels || !ruled_times(node, context));
}

KernelTimes::Times times_now(const Node& node, Model& model, const EngineContext& context) {
  const std::vector<ConvKernel> some = candidates(node, context);
  const bool bf16 = some.front() == ConvKernel::Bf16;
  const auto measure = [&] {
    KernelTimes::Times found;
    for (const ConvKernel kernel : some)
      found[name_of(kernel)] =
          measured(node, model, context.training, timed_rows(node, context), kernel, bf16);
    return found;
  };
  return KernelTimes::of_machine().get(work_of(node, context), names_of_candidates(node, context), measure);
}

/// The fastest of the candidates, by what is known. Winograd's rounds more, so it has to be worth it.
ConvKernel fastest(const Node& node, Model& model, const EngineContext& context) {
  constexpr double kWorth = 1.05;
  auto times = known_times(node, context);
  if (!times && !context.times_kernels) times = ruled_times(node, context);
  if (!times) times = times_now(node, model, context);
  return std::ranges::min(candidates(node, context), {}, [&](ConvKernel kernel) {
    return times->at(name_of(kernel)) * (kernel == ConvKernel::Winograd ? kWorth : 1);
  });
}

}  // namespace

std::string name_of(ConvKernel kernel) {
  switch (kernel) {
    case ConvKernel::Direct:
      return "direct";
    case ConvKernel::Winograd:
      return "winograd4x4";
    case ConvKernel::Bf16:
      return "bf16";
    case ConvKernel::ChannelsLast:
      return "bf16_nhwc";
    case ConvKernel::Tiles:
      return "bf16_tiles";
  }
  return {};
}

std::optional<ConvWindows> windows_of(const Node& node) {
  if (const auto* conv = std::get_if<Conv2d>(&node.layer))
    return ConvWindows{false,        conv->filters,  conv->kernel_h, conv->kernel_w,
                       conv->stride, conv->dilation, conv->groups,   node.pads};
  if (const auto* l = std::get_if<ConvTranspose2d>(&node.layer))
    return ConvWindows{true,      l->filters, l->kernel_h, l->kernel_w,
                       l->stride, 1,          1,           {l->pad, l->pad, l->pad, l->pad}};
  return {};
}

bool suits_winograd(const Node& conv) { return has_choice(conv) && usual_blocks().block > 1; }

bool suits_bf16(const Node& conv) {
  if (std::holds_alternative<ConvTranspose2d>(conv.layer)) return conv.in.channels % 16 == 0;
  const auto& l = std::get<Conv2d>(conv.layer);
  return l.groups == 1 && l.filters % 16 == 0;
}

bool suits_tiles(const Node& conv) {
  constexpr int kFewest = 16;  // a block
  const ConvWindows l = windows_of(conv).value();
  // A transposed one's filters are filled up.
  return l.groups == 1 && conv.in.channels >= kFewest &&
         (l.transposed ? suits_bf16(conv) : l.filters >= kFewest);
}

std::vector<ConvKernel> choose_conv_kernels(const std::vector<Node>& nodes, Model& model,
                                            const EngineContext& context,
                                            std::map<std::string, std::string>& given,
                                            const OnProgress& progress) {
  std::vector<ConvKernel> kernels(nodes.size(), ConvKernel::Direct);
  std::vector<std::size_t> open;
  std::set<std::string> untimed;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    if (!windows_of(node)) continue;
    kernels[i] = usual_kernel(node, context);
    const auto known = given.find(node.name);
    if (known != given.end())
      if (const ConvKernel kernel = kernel_named(known->second); can_run(node, context, kernel)) {
        known->second = name_of(kernels[i] = kernel);
        continue;
      }
    if (candidates(node, context).size() > 1) open.push_back(i);
    // Named all the same: elsewhere there may be a choice, and what is begun here goes on as it was.
    else if (known != given.end() || has_choice(node) || can_run(node, context, ConvKernel::ChannelsLast))
      given[node.name] = name_of(kernels[i]);
  }
  for (const std::size_t i : open)
    if (must_be_timed(nodes[i], context)) untimed.insert(work_of(nodes[i], context));
  const std::size_t all = untimed.size();
  for (const std::size_t i : open) {
    const bool times = untimed.erase(work_of(nodes[i], context)) > 0;
    if (times && progress) progress(all - untimed.size() - 1, all);
    given[nodes[i].name] = name_of(kernels[i] = fastest(nodes[i], model, context));
  }
  return kernels;
}

std::vector<KernelTiming> kernel_timings(const std::vector<Node>& nodes, const EngineContext& context,
                                         const std::map<std::string, std::string>& chosen) {
  std::vector<KernelTiming> all;
  for (const Node& node : nodes) {
    if (!windows_of(node)) continue;
    const std::vector<ConvKernel> some = candidates(node, context);
    const auto found = chosen.find(node.name);
    KernelTiming timing{.node = node.name,
                        .layer = layer_text(node.layer),
                        .in = node.in,
                        .rows = timed_rows(node, context),
                        .candidates = {},
                        .only = some.size() == 1,
                        .chosen = found == chosen.end() ? name_of(some.front()) : found->second};
    auto times = timing.only ? std::nullopt : known_times(node, context);
    timing.timed = times.has_value();
    if (!timing.only && !times) times = ruled_times(node, context);
    for (const auto& [kernel, seconds] : times.value_or(KernelTimes::Times{}))
      if (std::ranges::find(some, kernel, name_of) != some.end())
        timing.candidates.push_back({kernel, seconds});
    all.push_back(std::move(timing));
  }
  return all;
}

}  // namespace doppel::nn::engine
