// Several processes that train one GAN, here as threads.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "doppel/base/random.h"
#include "doppel/nn/distributed/group.h"
#include "doppel/nn/gan/gan.h"
#include "nn/distributed/free_port.h"

namespace doppel::nn {
namespace {

constexpr int kImagesEach = 16, kNumbersEach = 8 * 8;

GanOptions shared_gan(GanLoss loss, const std::string& discriminator) {
  GanOptions options;
  options.generator = "fc(128)-picture4x4-bn-relu-deconv4x4(1)-tanh";
  options.discriminator = discriminator;
  options.loss = loss;
  options.latent = 8;
  options.batch = kImagesEach;
  options.shards = 8;
  options.threads = 1;
  options.augment = gan_recipe(10);
  options.augment_target = 0.6;
  return options;
}

/// What two steps of a GAN come to that `world` processes train: its numbers, and what the last step said.
std::vector<float> numbers_after_steps(const GanOptions& of_all, int world) {
  std::vector<float> numbers;
  const auto train = [&](Group* group) {
    GanOptions options = of_all;
    options.group = group;
    Gan gan({1, 8, 8}, 3, options);
    const int rank = group ? group->rank() : 0, own = kImagesEach / world;
    GanRecord record;
    for (std::uint64_t step = 0; step < 2; ++step) {
      std::vector<float> images;
      std::vector<int> labels;
      for (int i = rank * own; i < (rank + 1) * own; ++i) {
        const Stream stream = Stream{.seed = step}.split("image", static_cast<std::uint64_t>(i));
        for (std::uint64_t k = 0; k < kNumbersEach; ++k)
          images.push_back(static_cast<float>(stream.split("at", k).uniform("v", -1, 1)));
        labels.push_back(i % 3);
      }
      record = gan.step(images, labels);
    }
    if (rank > 0) return;
    for (const Model* model : {&gan.generator(), &gan.discriminator()})
      for (const Parameter& p : model->parameters())
        numbers.insert(numbers.end(), p.value.begin(), p.value.end());
    for (const double said : {record.discriminator_loss, record.generator_loss, record.real_found,
                              record.fake_found, record.augment_chance, record.value})
      numbers.push_back(static_cast<float>(said));
  };
  if (world == 1) {
    train(nullptr);
    return numbers;
  }
  const std::string port = free_port();
  std::vector<std::string> ends(static_cast<std::size_t>(world));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < world; ++rank)
    threads.emplace_back([&, rank] {
      try {
        Group group({rank, world, "127.0.0.1", port}, {.patience = std::chrono::seconds(30)});
        train(&group);
      } catch (const std::exception& error) { ends[static_cast<std::size_t>(rank)] = error.what(); }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ends, std::vector<std::string>(static_cast<std::size_t>(world)));
  return numbers;
}

TEST(GanGroup, NetworksDependOnShardsAndNotOnProcesses) {
  GanOptions pairs = shared_gan(GanLoss::Relativistic, "conv4x4(8,s2)-lrelu(0.2)-fc(16)-lrelu(0.2)-fc");
  GanOptions between = shared_gan(GanLoss::Wasserstein, pairs.discriminator);
  between.penalty_between = true;
  between.critic_steps = 2;
  GanOptions norms = shared_gan(GanLoss::NonSaturating, "conv4x4(8,s2)-bn-lrelu(0.2)-gap-fc");
  norms.penalty = 0;
  GanOptions spectral = shared_gan(GanLoss::Hinge, pairs.discriminator);
  spectral.spectral = true;
  spectral.penalty = 0;
  norms.lecam = spectral.lecam = 0.2;
  GanOptions frozen = pairs;
  frozen.freeze_discriminator = 1;
  frozen.lecam = 0.2;
  for (const GanOptions& options : {pairs, between, norms, spectral, frozen}) {
    const std::vector<float> alone = numbers_after_steps(options, 1);
    for (const int world : options.loss == GanLoss::Relativistic ? std::vector{2, 4} : std::vector{2})
      EXPECT_TRUE(numbers_after_steps(options, world) == alone)
          << world << " processes, " << options.discriminator << ", loss " << static_cast<int>(options.loss);
  }
}

TEST(GanGroup, OthersOptionsAreRefusedByName) {
  const std::string port = free_port();
  std::array<std::string, 2> ends;
  const auto make = [&](int rank) {
    try {
      Group group({rank, 2, "127.0.0.1", port}, {.patience = std::chrono::seconds(30)});
      GanOptions options = shared_gan(GanLoss::Hinge, "fc");
      options.rate *= 1 + rank;
      options.group = &group;
      Gan gan({1, 8, 8}, 3, options);
    } catch (const std::exception& error) { ends[static_cast<std::size_t>(rank)] = error.what(); }
  };
  std::thread other([&] { make(1); });
  make(0);
  other.join();
  for (const std::string& end : ends)
    EXPECT_NE(end.find("lr of process 1 isn't that of process 0 (0.001, not 0.0005)"), std::string::npos)
        << end;
}

}  // namespace
}  // namespace doppel::nn
