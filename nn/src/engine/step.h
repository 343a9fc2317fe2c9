// A compiled layer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "blob.h"
#include "conv_kernel.h"
#include "cpu_isa.h"
#include "doppel/nn/distributed/group.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/model.h"

namespace doppel::nn::engine {

/// A shard: rows [first, first + rows) of the batch.
struct Shard {
  int index = 0, first = 0, rows = 0;
};

/// What a pass over a batch has to do.
struct Work {
  double flops = 0;   ///< multiplications and additions of convolutions and products of matrices, 0 in others
  double bytes = 0;   ///< read and written: each number once in each walk over it, weights once
  bool bf16 = false;  ///< the products are of bfloat16
};

/// What steps share.
struct EngineContext {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  int batch = 0;
  int shards = 1;
  int parts = 1;  ///< that steps may make of a single image's work, one for each thread
  bool training = true;
  bool bf16 = false;                ///< convolutions may multiply in bfloat16
  bool tiles = multiplies_tiles();  ///< they may be the faster for values that are turned to it
  bool times_kernels = false;       ///< even those of which a rule is known
  WeightGradients weight_gradients = WeightGradients::Fastest;
  bool keeps_pieces = false;  ///< tangents may be asked for
  std::uint64_t seed = 0;     ///< of dropout
  int first_node = 0;      ///< nodes of the network that come before those that run: draws are by their place
  std::uint64_t step = 0;  ///< of training
  bool parameters = true;  ///< backward computes gradients of parameters
  bool images = true;      ///< and of the images: see Blob::images
  bool tangent = false;    ///< values are how the last ones change: see Step::is_piecewise
  int rows = 0;            ///< of this call
  int all_rows = 0;        ///< of the batch, of which other processes have the others
  int first_row = 0;       ///< of this call in the batch, whose other rows other processes have: for draws
  std::vector<Shard> lanes;  ///< the shards of this call that have rows
  Group* group = nullptr;    ///< whose batches are parts of one; null: there are no others
  std::vector<std::unique_ptr<Buffer>> scratch;  ///< one per shard, or per part, for kernels

  std::vector<std::unique_ptr<Buffer>> bf16_numbers;  ///< one per shard, for a gradient in bfloat16

  /// What an executor is made for.
  void take(const ExecutorOptions& options);
  void need_scratch(std::size_t bytes);
  void need_bf16(std::size_t numbers);
};

/// Phases run for all shards side by side; between two phases of one step all shards have met, and merge runs
/// alone. No task ever waits inside a phase. A step's gradient with respect to its parameters that needs all
/// shards is computed in its parameter tasks, which run after all backward phases.
class Step {
 public:
  virtual ~Step() = default;
  /// Creates what a shard of `rows` rows needs. Runs alone.
  virtual void prepare(int rows) { (void)rows; }
  /// Reads the model's parameters into the kernels' layouts. May run beside other steps' loads.
  virtual void load_parameters() {}
  virtual int forward_phases() const { return 1; }
  virtual void forward(int phase, const Shard& shard) = 0;
  virtual void merge_forward() {}
  /// So many pieces of forward may run side by side, where they are called one by one and not as a whole.
  virtual int splits() const { return 1; }
  virtual void forward_piece(int piece, const Shard& shard) {
    (void)piece;
    forward(0, shard);
  }
  virtual int backward_phases() const { return 1; }
  virtual void backward(int phase, const Shard& shard) = 0;
  virtual void merge_backward() {}
  /// Which of oneDNN's kernels it runs, by pass; once prepared.
  virtual std::vector<std::pair<std::string, std::string>> kernels() const { return {}; }
  /// The layer, and what it's called in the notation.
  const std::string& node() const { return node_name_; }
  const std::string& layer() const { return layer_; }
  void set_node(std::string name, std::string layer) {
    node_name_ = std::move(name);
    layer_ = std::move(layer);
  }
  /// True where the layer is linear in pieces, so that a change of what comes in passes through it by the
  /// same weights without biases, each piece held as it was in the last forward pass. With context.tangent
  /// such a step's forward and backward do that.
  virtual bool is_piecewise() const { return false; }
  /// Keeps which piece each value of the shard's last forward pass was on.
  virtual void keep_pieces(const Shard& shard) { (void)shard; }
  /// True where parameter tasks read the gradient of what it gave.
  virtual bool keeps_gradient() const { return false; }
  virtual int parameter_tasks() const { return 0; }
  virtual void parameter_task(int task) { (void)task; }

  /// What a pass over `rows` rows has to do, all phases of all shards together; nothing where it does
  /// nothing. Unless a step knows better, what it reads and fills in is walked over once: forward its values,
  /// backward their gradients.
  virtual Work forward_work(int rows) const;
  virtual Work backward_work(int rows) const;
  /// Of all parameter tasks, and of load_parameters().
  virtual Work parameter_work() const { return {}; }
  virtual Work load_work() const { return {}; }

  /// What it reads and fills in.
  const std::vector<Blob*>& blobs() const { return blobs_; }
  void set_blobs(std::vector<Blob*> blobs) { blobs_ = std::move(blobs); }
  /// True where what comes before it needs a gradient.
  bool passes_back() const { return passes_back_; }
  void set_passes_back(bool does) { passes_back_ = does; }
  /// True where no shard goes on before all are through with it, on the way back or at inference.
  bool is_meeting() const { return is_meeting_; }
  void make_meeting() { is_meeting_ = true; }

 private:
  std::string node_name_, layer_;
  std::vector<Blob*> blobs_;
  bool passes_back_ = false, is_meeting_ = false;
};

/// What a step is made from. `out` is filled in: its format, and its buffers.
struct StepInputs {
  const Node& node;
  Model& model;
  EngineContext& context;
  Blob& in;
  Blob& out;
  bool in_needs_grad;
  bool learns = true;                      ///< some parameter of the node does
  ConvKernel kernel = ConvKernel::Direct;  ///< of a convolution
};

std::unique_ptr<Step> make_conv(const StepInputs& inputs,
                                double relu_slope);  ///< slope 1: no rectifier after it
/// Where context.parts > 1, of as many pieces; else the same.
std::unique_ptr<Step> make_split_conv(const StepInputs& inputs, double relu_slope);
/// One of suits_winograd(), transposed or not, which reads usual_blocks().
std::unique_ptr<Step> make_winograd_conv(const StepInputs& inputs, double relu_slope);
/// Those of suits_tiles(), which read blocks of 16; of tiles also a transposed one.
std::unique_ptr<Step> make_channels_last_conv(const StepInputs& inputs, double relu_slope);
std::unique_ptr<Step> make_tile_conv(const StepInputs& inputs, double relu_slope);
std::unique_ptr<Step> make_deconv(const StepInputs& inputs);
std::unique_ptr<Step> make_upsample(const StepInputs& inputs);
std::unique_ptr<Step> make_pool(const StepInputs& inputs);
std::unique_ptr<Step> make_global_pool(const StepInputs& inputs);
std::unique_ptr<Step> make_linear(const StepInputs& inputs);
std::unique_ptr<Step> make_batch_norm(const StepInputs& inputs, double relu_slope);
/// `forward_done`: the producer applies it already. `in_place`: out shares in's buffers.
std::unique_ptr<Step> make_activation(const StepInputs& inputs, bool forward_done, bool in_place);
/// Activations by loops of ours: those of curve_of(), see curves.h.
std::unique_ptr<Step> make_curve(const StepInputs& inputs);
std::unique_ptr<Step> make_layer_norm(const StepInputs& inputs);
std::unique_ptr<Step> make_group_norm(const StepInputs& inputs);
std::unique_ptr<Step> make_layer_scale(const StepInputs& inputs);
std::unique_ptr<Step> make_shuffle(const StepInputs& inputs);
std::unique_ptr<Step> make_chunk(const StepInputs& inputs);
std::unique_ptr<Step> make_batch_deviation(const StepInputs& inputs);
std::unique_ptr<Step> make_slice(const StepInputs& inputs);
std::unique_ptr<Step> make_flatten(const StepInputs& inputs);
std::unique_ptr<Step> make_dropout(const StepInputs& inputs);
std::unique_ptr<Step> make_softmax(const StepInputs& inputs);
std::unique_ptr<Step> make_prelu(const StepInputs& inputs);
std::unique_ptr<Step> make_adaptive_pool(const StepInputs& inputs);
std::unique_ptr<Step> make_custom(const StepInputs& inputs);

/// One of the values that a Join reads.
struct JoinedBlob {
  Blob* blob;
  bool needs_grad;
};
/// What follows a sum, and is done by it.
struct JoinRectifier {
  double slope = 1;  ///< 1: nothing
  bool back = true;  ///< on the way back too; else the fork after it does that
};
/// Gives `in` to several readers: `outs` are filled in. `slope`: of the rectifier that made `in`, where its
/// part of the way back is left to the fork.
std::unique_ptr<Step> make_fork(EngineContext& context, Blob& in, std::vector<Blob*> outs, bool in_needs_grad,
                                double slope);
/// Add where `sum`, else Concat; `out` has its shape.
std::unique_ptr<Step> make_join(EngineContext& context, bool sum, std::vector<JoinedBlob> ins, Blob& out,
                                const JoinRectifier& rectifier);
/// a · b, of one shape, or b [C, 1, 1]; `out` has a's shape.
std::unique_ptr<Step> make_product(EngineContext& context, const JoinedBlob& a, const JoinedBlob& b,
                                   Blob& out);
/// a plus a number for each of its channels, b [C, 1, 1]; `out` has a's shape.
std::unique_ptr<Step> make_channel_shift(EngineContext& context, const JoinedBlob& a, const JoinedBlob& b,
                                         Blob& out);

}  // namespace doppel::nn::engine
