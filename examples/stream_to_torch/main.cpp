// Trains a linear classifier of LibTorch's on augmented digits. Batches become tensors without a copy, by
// DLPack; Debian's libtorch-dev has what this needs.
#include <ATen/DLConvertor.h>
#include <torch/torch.h>

#include <doppel/augment/recipe/recipe.h>
#include <doppel/dataset/loader/loader.h>
#include <doppel/dataset/open/open_data.h>

#include <cstdio>

namespace ds = doppel::dataset;

int main() try {
  torch::manual_seed(1);
  torch::set_num_threads(1);
  const ds::OpenedData data = ds::open_data("sample:digits");
  ds::Loader train{data.train, doppel::augment::Recipe::load("digits"), {.batch = 100, .seed = 1}};
  ds::Loader test{data.test, {}, {.batch = 100, .order = ds::LoaderOptions::Order::Sequential}};

  // The tensor shares the batch's memory and keeps it alive; the loader takes another one then.
  const auto images_of = [](const ds::Batch& batch) {
    return at::fromDLPack(batch.images.to_dlpack()).flatten(1);
  };
  const auto labels_of = [](const ds::Batch& batch) {
    return torch::tensor(std::vector<std::int64_t>(batch.labels.begin(), batch.labels.end()));
  };
  torch::nn::Linear net(28 * 28, 10);
  torch::optim::SGD optimizer(net->parameters(), torch::optim::SGDOptions(0.1).momentum(0.9));
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch)
    for (const ds::Batch& batch : train.epoch(epoch)) {
      const auto images = images_of(batch);
      if (images.data_ptr() != batch.images.data()) throw std::runtime_error("the batch was copied");
      optimizer.zero_grad();
      torch::nn::functional::cross_entropy(net(images), labels_of(batch)).backward();
      optimizer.step();
    }
  torch::NoGradGuard no_gradients;
  std::int64_t right = 0, all = 0;
  for (const ds::Batch& batch : test.epoch(0)) {
    right += net(images_of(batch)).argmax(1).eq(labels_of(batch)).sum().item<std::int64_t>();
    all += static_cast<std::int64_t>(batch.size());
  }
  std::printf("test accuracy after 3 epochs: %.1f %%\n",
              100.0 * static_cast<double>(right) / static_cast<double>(all));
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "stream_to_torch: %s\n", error.what());
  return 1;
}
