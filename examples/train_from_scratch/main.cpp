// Training without the trainer: batches, a network, an optimizer and a schedule, step by step.
//
//     train_from_scratch            trains digits for twelve epochs, prints loss and accuracy
#include <doppel/augment/recipe/recipe.h>
#include <doppel/dataset/open/open_data.h>
#include <doppel/nn/model/notation.h>
#include <doppel/nn/train/metrics.h>
#include <doppel/nn/train/optimizer.h>
#include <doppel/nn/train/schedule.h>
#include <doppel/nn/train/trainer.h>

#include <cstdio>

namespace ds = doppel::dataset;
namespace nn = doppel::nn;

int main() {
  constexpr std::uint64_t kEpochs = 12;
  const ds::OpenedData digits = ds::open_data("sample:digits");
  ds::Loader train{
      digits.train, doppel::augment::Recipe::load("digits"), {.batch = 64, .seed = 1, .epochs = kEpochs}};
  ds::Loader test{digits.test, {}, {.batch = 256, .order = ds::LoaderOptions::Order::Sequential}};

  nn::Model model{
      nn::build_graph(nn::parse_network("conv3x3(16,s2)-bn-relu-conv3x3(32,s2)-bn-relu-fc"), {1, 28, 28}, 10),
      1};
  nn::Executor executor{model, {.batch = 64, .shards = 2}};
  nn::Optimizer optimizer{model, nn::AdamW{.weight_decay = 0.01}, 1.0};  // gradients no longer than 1
  const std::uint64_t steps = train.steps() * kEpochs;
  const nn::Schedule rate{nn::Cosine{}, 0.004, steps / 10, steps};
  const nn::Loss loss = nn::CrossEntropy{.smoothing = 0.1};

  std::uint64_t step = 0;
  for (std::uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
    nn::LossSums sums;
    for (const ds::Batch& batch : train.epoch(epoch)) {
      // [N, C, H, W] floats; shares of labels, since recipes may mix samples.
      const ds::Tensor shares = ds::soft_labels(batch, 10);
      const nn::LossSums one =
          executor.train(batch.images.values<float>(), shares.values<float>(), loss, step);
      optimizer.step(model, executor, rate(step));
      sums = {sums.loss + one.loss, sums.correct + one.correct, sums.rows + one.rows};
      ++step;
    }
    std::printf("epoch %d: loss %.3f, test accuracy %.1f %%\n", static_cast<int>(epoch) + 1,
                sums.loss / sums.rows, 100 * evaluate(model, test).accuracy());
  }
}
