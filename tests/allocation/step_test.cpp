// A training step takes no memory for numbers: that's planned when the net is compiled. oneDNN 2.6 takes some
// of its own, for what its products of floats pack, and argument lists for each call.
#include <gtest/gtest.h>

#include "counter.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/loss.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {
namespace {

TEST(Allocation, StepsTakeNoMemoryForNumbers) {
  constexpr int kRows = 32;
  constexpr Shape kImages{3, 32, 32};
  for (const Precision precision : {Precision::F32, Precision::BF16}) {
    Model model(
        build_graph(parse_network("conv3x3(32)-bn-relu-add[conv3x3(32)-bn|]-relu-pool-conv3x3(64)-relu-"
                                  "dropout(0.3)-fc(200)-relu-fc"),
                    kImages, 10),
        1);
    Executor executor(model, {.batch = kRows, .shards = 2, .threads = 1, .precision = precision});
    Optimizer optimizer(model, {});
    const std::vector<float> images(static_cast<std::size_t>(kRows * kImages.count()), 0.5F);
    const std::vector<int> labels(kRows, 3);
    const Loss loss = CrossEntropy{.smoothing = 0};
    std::uint64_t step = 0;
    EXPECT_EQ(steady_allocations(Counted::Large,
                                 [&] {
                                   executor.train(images, labels, loss, ++step);
                                   optimizer.step(model, executor, 0.001);
                                   executor.parameters_changed();
                                 }),
              0);
    Executor inference(model,
                       {.batch = kRows, .mode = ExecutorOptions::Mode::Inference, .precision = precision});
    EXPECT_EQ(steady_allocations(Counted::Large, [&] { inference.predict(images, kRows); }), 0);
  }
}

}  // namespace
}  // namespace doppel::nn
