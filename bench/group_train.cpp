// Training steps that several processes share, on resident random data. Each process runs this with --group's
// word; of a world of 1 it's training alone. usage: group_train RANK/WORLD@HOST:PORT NET CxHxW BATCH STEPS
// [f32|bf16]    BATCH: images of each process
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "doppel/base/clock.h"
#include "doppel/base/random.h"
#include "doppel/nn/distributed/group.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "doppel/nn/train/optimizer.h"

int main(int argc, char** argv) try {
  using namespace doppel;
  if (argc < 6) {
    fmt::print(stderr, "usage: group_train RANK/WORLD@HOST:PORT NET CxHxW BATCH STEPS [f32|bf16]\n");
    return 2;
  }
  nn::Shape shape;
  if (std::sscanf(argv[3], "%dx%dx%d", &shape.channels, &shape.height, &shape.width) != 3) return 2;
  const int batch = std::atoi(argv[4]), steps = std::atoi(argv[5]);
  const nn::GroupPlace place = nn::GroupPlace::parse(argv[1]);
  nn::Group group(place);
  nn::Model model(nn::build_graph(nn::parse_network(nn::network_of(argv[2])), shape, 10), 1);
  nn::ExecutorOptions options{.batch = batch, .shards = 2};
  options.group = &group;
  if (argc > 6 && std::string_view(argv[6]) == "bf16") options.gradients = nn::Group::Numbers::BF16;
  nn::Executor executor(model, options);
  nn::Optimizer optimizer(model, nn::Sgd{.weight_decay = 5e-4});
  std::vector<float> images(static_cast<std::size_t>(batch) * static_cast<std::size_t>(shape.count()));
  const Stream stream{.seed = 1};
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(stream.split("x", i % 9973).uniform("x"));
  std::vector<int> labels(static_cast<std::size_t>(batch));
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i % 10);
  std::uint64_t done = 0;
  const auto step = [&] {
    executor.train(images, labels, nn::CrossEntropy{}, done++);
    optimizer.step(model, executor, 0.01);
  };
  for (int i = 0; i < 3; ++i) step();
  const auto start = Clock::now();
  for (int i = 0; i < steps; ++i) step();
  if (group.rank() == 0)
    fmt::print("{} processes: {:.1f} images/s\n", group.world(),
               double(batch) * steps * group.world() / seconds_since(start));
} catch (const std::exception& error) {
  fmt::print(stderr, "group_train: {}\n", error.what());
  return 1;
}
