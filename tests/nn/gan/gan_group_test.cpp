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

constexpr int kImagesEach = 16;

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
