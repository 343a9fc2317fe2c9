#include "conv_kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "cpu_isa.h"
#include "doppel/base/error.h"
#include "doppel/nn/model/notation.h"
#include "kernel_times.h"
#include "onednn_api.h"
#include "step.h"

namespace doppel::nn::engine {
namespace {

/// oneDNN has Winograd for AVX-512 only, if at all.
bool has_winograd() { return kOneDnnHasWinograd && uses(dnnl::cpu_isa::avx512_core); }

/// True where Winograd's algorithm can compute the convolution, if there is a kernel of it.
bool has_choice(const Node& conv) {
  constexpr int kFewest = 32;
  const auto& l = std::get<Conv2d>(conv.layer);
  return l.kernel_h == 3 && l.kernel_w == 3 && l.stride == 1 && l.dilation == 1 && l.groups == 1 &&
         conv.pads.top <= 1 && conv.pads.left <= 1 && conv.pads.bottom <= 1 && conv.pads.right <= 1 &&
         conv.in.channels >= kFewest && l.filters >= kFewest && conv.in.channels % 16 == 0 &&
         l.filters % 16 == 0;
}

ConvKernel kernel_named(const std::string& name) {
  for (const ConvKernel kernel : {ConvKernel::Direct, ConvKernel::Winograd, ConvKernel::Bf16})
    if (name_of(kernel) == name) return kernel;
  throw Error(fmt::format("no kernel of convolutions is called {}", name));
}

/// Seconds of one shard's forward pass, and in training of its way back, over blocks of 16 channels.
double measured(const Node& node, Model& model, bool training, int rows, ConvKernel kernel) {
  constexpr int kRuns = 3;
  EngineContext context;
  context.batch = context.rows = rows;
  context.training = training;
  Blob in, out;
  in.shape = node.in;
  out.shape = node.out;
  in.format = {dnnl::memory::format_tag::nChw16c, 16};
  in.bf16 = out.bf16 = context.bf16 = kernel == ConvKernel::Bf16;
  in.allocate(rows, training);
  const auto step = make_conv({node, model, context, in, out, training, training, kernel}, 1);
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
  const auto& l = std::get<Conv2d>(node.layer);
  const double flops =
      2.0 * node.in.channels * l.kernel_h * l.kernel_w * static_cast<double>(node.out.count());
  const int rows = (context.batch + context.shards - 1) / context.shards;
  int some = 1;
  while (some < rows && (some * flops < kEnough || rows % some != 0)) ++some;
  return some;
}

/// What it costs the neighbours of a layer that wants floats to move twice the bytes, in training: some seven
/// passes over what it reads and gives, at 20 GB/s.
double seconds_of_floats(const Node& node, bool training, int rows) {
  constexpr double kBytesMore = 2, kRate = 20e9;
  const double numbers = static_cast<double>(node.in.count() + node.out.count()) * rows;
  return numbers * kBytesMore * (training ? 7 : 2) / kRate;
}

/// What is timed to tell Winograd's from `other`.
std::string work_of(const Node& node, const EngineContext& context, ConvKernel other) {
  return fmt::format("{}: {} of {} rows of {}, {} filters, pads {} {} {} {}, {} or winograd", machine_name(),
                     context.training ? "training" : "prediction", timed_rows(node, context), node.in.text(),
                     std::get<Conv2d>(node.layer).filters, node.pads.top, node.pads.left, node.pads.bottom,
                     node.pads.right, name_of(other));
}

/// The faster of Winograd's and `other`, by what was timed.
ConvKernel faster(const Node& node, Model& model, const EngineContext& context, ConvKernel other) {
  const int rows = timed_rows(node, context);
  auto times = KernelTimes::of_machine().get(work_of(node, context, other), [&] {
    KernelTimes::Times found;
    for (const ConvKernel kernel : {other, ConvKernel::Winograd})
      found[name_of(kernel)] = measured(node, model, context.training, rows, kernel);
    return found;
  });
  const double more = other == ConvKernel::Bf16 ? seconds_of_floats(node, context.training, rows) : 0;
  return times["winograd"] + more < times[name_of(other)] ? ConvKernel::Winograd : other;
}

}  // namespace

std::string name_of(ConvKernel kernel) {
  if (kernel == ConvKernel::Bf16) return "bf16";
  return kernel == ConvKernel::Winograd ? "winograd" : "direct";
}

bool suits_winograd(const Node& conv) { return has_choice(conv) && has_winograd(); }

bool suits_bf16(const Node& conv) {
  if (std::holds_alternative<ConvTranspose2d>(conv.layer)) return conv.in.channels % 16 == 0;
  const auto& l = std::get<Conv2d>(conv.layer);
  return l.groups == 1 && l.filters % 16 == 0;
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
    if (!std::holds_alternative<Conv2d>(node.layer)) continue;
    if (context.bf16 && suits_bf16(node)) kernels[i] = ConvKernel::Bf16;
    const auto known = given.find(node.name);
    if (!suits_winograd(node)) {
      // Named all the same: elsewhere there may be a choice, and what is begun here goes on as it was.
      if (known != given.end() || has_choice(node)) given[node.name] = name_of(kernels[i]);
      continue;
    }
    if (known != given.end() && (known->second != "bf16" || kernels[i] == ConvKernel::Bf16))
      kernels[i] = kernel_named(known->second);
    else
      open.push_back(i);
  }
  for (const std::size_t i : open)
    if (const std::string work = work_of(nodes[i], context, kernels[i]);
        !KernelTimes::of_machine().knows(work))
      untimed.insert(work);
  const std::size_t all = untimed.size();
  for (const std::size_t i : open) {
    const bool times = untimed.erase(work_of(nodes[i], context, kernels[i])) > 0;
    if (times && progress) progress(all - untimed.size() - 1, all);
    given[nodes[i].name] = name_of(kernels[i] = faster(nodes[i], model, context, kernels[i]));
  }
  return kernels;
}

std::vector<KernelTiming> kernel_timings(const std::vector<Node>& nodes, const EngineContext& context,
                                         const std::map<std::string, std::string>& chosen) {
  std::vector<KernelTiming> all;
  for (const Node& node : nodes) {
    if (!std::holds_alternative<Conv2d>(node.layer)) continue;
    const ConvKernel other = context.bf16 && suits_bf16(node) ? ConvKernel::Bf16 : ConvKernel::Direct;
    const auto found = chosen.find(node.name);
    KernelTiming timing{.node = node.name,
                        .layer = layer_text(node.layer),
                        .in = node.in,
                        .rows = timed_rows(node, context),
                        .candidates = {},
                        .only = !suits_winograd(node),
                        .chosen = found == chosen.end() ? name_of(other) : found->second};
    const double more =
        other == ConvKernel::Bf16 ? seconds_of_floats(node, context.training, timing.rows) : 0;
    if (!timing.only)
      for (const auto& [kernel, seconds] :
           KernelTimes::of_machine().find(work_of(node, context, other)).value_or(KernelTimes::Times{}))
        timing.candidates.push_back({kernel, seconds, kernel == "winograd" ? more : 0});
    all.push_back(std::move(timing));
  }
  return all;
}

}  // namespace doppel::nn::engine
