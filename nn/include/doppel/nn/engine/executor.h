// Runs a model: compiled once for a batch size, on oneDNN's kernels, sharded over oneTBB's threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/nn/distributed/group.h"
#include "doppel/nn/model/loss.h"
#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// What convolutions multiply in. Weights, sums, statistics, gradients of weights and the loss stay floats.
enum class Precision {
  F32,  ///< floats
  BF16  ///< products of bfloat16 numbers where the processor has them (see has_bf16) and they are the faster
};

/// Whose loops compute the gradients of convolutions' weights.
enum class WeightGradients {
  Fastest,  ///< ours where they are known to be faster, or oneDNN has only a reference loop
  Own,      ///< ours wherever one fits
  OneDnn    ///< oneDNN's alone
};

/// True where the processor multiplies bfloat16 (AVX-512 BF16, or AMX), and oneDNN may: its environment
/// variable DNNL_MAX_CPU_ISA can forbid that.
bool has_bf16();

/// What an executor is compiled for.
struct ExecutorOptions {
  /// Training: train(), forward() and backward(). Inference: predict(), with BatchNorm folded into the layer
  /// before it where it can be, and without heads at the side. The other's calls throw UsageError.
  enum class Mode { Training, Inference };
  int batch = 128;  ///< the most rows that a call may have
  /// Parts of a batch that run side by side, or at inference of one image's work; results depend on this,
  /// never on the threads.
  int shards = 4;
  int threads = 0;                       ///< 0: as many as oneTBB has
  Mode mode = Mode::Training;            ///< which calls it takes
  std::uint64_t seed = 0;                ///< of dropout
  Precision precision = Precision::F32;  ///< what convolutions multiply in
  bool input_gradient = false;           ///< backward() also says what the loss means for the images
  bool tangent = false;  ///< backward_tangent() may be called; the network is linear in pieces
  /// Processes whose executors train the same model, each on its part of a batch: BatchNorm's statistics are
  /// the whole batch's, and so are the sums and gradients that train() gives. Must outlive the executor.
  Group* group = nullptr;
  Group::Numbers gradients = Group::Numbers::F32;  ///< how gradients travel between them
  const std::atomic<bool>* stop = nullptr;         ///< see LossSums::stops; may be null
  /// What chosen_kernels() gave: these convolutions multiply so again, to the same bits. Where several
  /// kernels suit another, the choice is by the times that kernel_times_file() has of it, else by a rule that
  /// is the same on all processors of one kind: see docs/networks.md.
  std::map<std::string, std::string> kernels = {};
  /// Where there are no times, the kernels are timed and the times kept, even where a rule would do.
  bool time_kernels = false;
  WeightGradients weight_gradients = WeightGradients::Fastest;  ///< whose loops compute them
  /// Gets, while the executor is made, the convolutions timed, of those that must be; nothing where none
  /// must.
  OnProgress timing = {};
  /// Nodes between which it runs (see Graph::part): calls take the values of `after` in place of images, and
  /// give those of `until`. Empty: from the image, to the output. With either, heads at the side are left
  /// out.
  std::string after = {};
  std::string until = {};  ///< see `after`
};

/// The sums of one batch.
struct LossSums {
  double loss = 0;  ///< of all rows
  int correct = 0;  ///< rows whose largest logit is the one with the largest share
  int rows = 0;     ///< of the batch; of all processes' parts in a group
  int stops = 0;    ///< processes that are told to stop, by ExecutorOptions::stop
};

/// One of a layer's kernels, as "conv1", "forward", "jit_bf16:avx512_core_bf16".
struct KernelInfo {
  std::string node;            ///< the layer's name
  std::string pass;            ///< "forward", or the gradient of "weights" or "data"
  std::string implementation;  ///< oneDNN's name for it, or "own"
};

/// A convolution that can't multiply here as ExecutorOptions::kernels had it: another processor or oneDNN.
struct KernelChange {
  std::string node;    ///< the layer's name
  std::string wanted;  ///< "direct", "winograd4x4", "bf16", "bf16_nhwc" or "bf16_tiles"
  std::string used;    ///< what it is here instead
};

/// What one pass of one layer took, and what it had to do there.
struct StepTime {
  std::string node;   ///< the layer's name; of a fork whose value it is
  std::string layer;  ///< in the notation; "fork": where gradients of a value's several readers are added up
  /// "forward"; "backward"; "parameters": what gradients still need when all shards are through; "load": what
  /// kernels need of parameters that have changed.
  std::string pass;
  /// That threads worked on it, all together, divided by how many could at once, so that layers add up to
  /// what a pass takes in which no thread waits. The median of the latest passes, 256 at most.
  double seconds = 0;
  /// Multiplications and additions of convolutions and fully connected layers, as their definition has them:
  /// 2 for each weight and place. 0 for other layers, which are slow or fast by what they move.
  double flops = 0;
  /// Of values, gradients and weights that it reads and writes, each counted once in each walk over it, as if
  /// nothing had stayed in a cache.
  double bytes = 0;
  bool bf16 = false;  ///< the products are of bfloat16, else of floats
};

/// How a convolution came to its kernel.
struct KernelTiming {
  /// A kernel that could compute it.
  struct Candidate {
    std::string kernel;  ///< "direct", "winograd4x4", "bf16", "bf16_nhwc" or "bf16_tiles"
    double seconds = 0;  ///< that one thread takes for `rows` images: forward, and in training back
  };
  std::string node;   ///< the layer's name
  std::string layer;  ///< in the notation
  Shape in;           ///< what it reads
  int rows = 0;       ///< images that were computed when the candidates were timed, or would be
  /// In the order of their names; empty where only one kernel fits, or the options named one of which nothing
  /// is known.
  std::vector<Candidate> candidates;
  bool timed = false;  ///< on this machine; else what they take is expected, by the rule
  bool only = true;    ///< no other kernel fits here
  std::string chosen;  ///< "direct", "winograd4x4", "bf16", "bf16_nhwc" or "bf16_tiles"
};

/// Where this user's times of kernels are kept: `doppel/kernels.json` in $XDG_CACHE_HOME, or in ~/.cache;
/// empty where there is neither, and they are kept for this process alone.
std::filesystem::path kernel_times_file();

/// What the phase is called that ExecutorOptions::timing is told of.
inline constexpr const char* kTimingKernels = "timing kernels, once on this machine";

/// Static buffers and kernels; nothing is allocated per step once each batch size was met.
class Executor {
 public:
  /// The model must outlive it. Throws UsageError, with the layer's name, where the options ask for tangents
  /// and the layer isn't linear in pieces.
  Executor(Model& model, ExecutorOptions options);
  ~Executor();
  Executor(Executor&&) noexcept;             ///< the other may only be destroyed or assigned to
  Executor& operator=(Executor&&) noexcept;  ///< the same

  /// Forward and backward: images [rows, C, H, W], labels [rows]. Gradients of the mean loss go to the
  /// model's `grad`, but for parameters that don't learn; BatchNorm's running statistics move. `step` names
  /// dropout's draws. Throws Error where a label is outside the classes.
  LossSums train(std::span<const float> images, std::span<const int> labels, const Loss& loss,
                 std::uint64_t step);
  /// The same with soft labels: shares [rows, classes], each row's sum 1; or with whatever else the loss
  /// takes, as Segmentation masks [rows, H, W]. `weights` multiply the rows' losses, one each; empty: 1.
  LossSums train(std::span<const float> images, std::span<const float> shares, const Loss& loss,
                 std::uint64_t step, std::span<const float> weights = {});
  /// The first layer whose value of the last call holds something that is no number, and in which rows.
  struct NotFinite {
    std::string layer;      ///< empty: there is none
    std::vector<int> rows;  ///< of the batch, counted from 0
  };
  /// Of the last call.
  NotFinite not_finite() const;

  /// The two halves of train(), for losses of several networks. forward() gives the outputs, one row after
  /// the other, each [C, H, W] or [F], valid until the next call; backward() takes what the loss means for
  /// them, sets the model's `grad` where that is wanted, and returns what it means for the images, where
  /// that is, and the options ask for it; else nothing.
  std::span<const float> forward(std::span<const float> images, int rows, std::uint64_t step);
  /// Which gradients backward() computes: those of the model's parameters, those for the images, or both.
  enum class Wanted { Both, Parameters, Images };
  /// See forward(), whose call must come before. `gradient` is as long as what that gave.
  std::span<const float> backward(std::span<const float> gradient, Wanted wanted = Wanted::Both);

  /// Once after forward(): sets the model's `grad` to that of the sum of `gradient` times how the outputs
  /// change where the images move along `direction`. Each layer's piece is held as forward() left it, so
  /// this is exact almost everywhere; the gradients of biases are 0. With `direction` what backward()
  /// returned for the same `gradient` it is the gradient of half the direction's squared length: that of a
  /// gradient penalty, by a second pass forward and back in place of second derivatives.
  void backward_tangent(std::span<const float> direction, std::span<const float> gradient);

  /// The network's output [rows, classes], as logits: a softmax at the end is left out, see softmax() in
  /// metrics.h. Valid until the next call.
  std::span<const float> predict(std::span<const float> images, int rows);

  /// The model's numbers changed outside (an optimiser, a checkpoint): read them anew before the next call.
  void parameters_changed();

  /// Calls f(i) for 0 <= i < count on the executor's threads.
  template <class F>
  void parallel(int count, F f) {
    run_parallel(count, [](void* context, int i) { (*static_cast<F*>(context))(i); }, &f);
  }
  /// What was chosen for each layer that more than one kernel could compute, in the order of execution.
  std::vector<KernelInfo> kernels() const;
  /// How the convolutions multiply for which several kernels suit: by node, "direct", "winograd4x4",
  /// "bf16", "bf16_nhwc" or "bf16_tiles".
  const std::map<std::string, std::string>& chosen_kernels() const;
  /// Which of those that were asked for had to be others: results are then close, but not to the bit.
  std::vector<KernelChange> changed_kernels() const;
  /// Each convolution's candidates and what they took when this machine timed them, in the order of
  /// execution.
  std::vector<KernelTiming> kernel_timings() const;

  /// Whether each layer's time is taken from now on. It's forgotten what was taken before. While it isn't,
  /// that costs nothing; while it is, two readings of the clock for each layer and shard.
  void time_steps(bool wanted);
  /// What was taken since: layer by layer in the order of execution, of each the passes that it took part in.
  /// Empty unless time_steps(true) and a call after it came before.
  std::vector<StepTime> step_times() const;
  /// What activations and gradients take.
  std::size_t memory_bytes() const;

 private:
  void run_parallel(int count, void (*call)(void*, int), void* context);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace doppel::nn
