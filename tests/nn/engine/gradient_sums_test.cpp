#include "engine/gradient_sums.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "doppel/nn/model/notation.h"
#include "nn/distributed/free_port.h"

namespace doppel::nn {
namespace {

/// A node's, as far as gradients are concerned.
class NamedStep final : public engine::Step {
 public:
  explicit NamedStep(const std::string& name) { set_node(name, ""); }
  void forward(int, const engine::Shard&) override {}
  void backward(int, const engine::Shard&) override {}
};

/// By process, the gradients of each parameter of a network of which conv1 doesn't learn, once two have added
/// up theirs.
std::array<std::vector<std::vector<float>>, 2> summed(Group::Numbers as) {
  const std::string port = free_port();
  std::array<std::vector<std::vector<float>>, 2> grads;
  const auto work = [&](int rank) {
    Group group({rank, 2, "127.0.0.1", port}, {});
    Model model(build_graph(parse_network("conv1x1(1)-bn-fc(2)"), {1, 1, 1}), 1);
    model.find("conv1", "weight")->rate = 0;
    for (Parameter& p : model.parameters())
      for (std::size_t i = 0; i < p.grad.size(); ++i)
        p.grad[i] = static_cast<float>(i) + (rank == 0 ? 1.F : 100.F + 0x1p-10F);
    std::vector<std::unique_ptr<engine::Step>> steps;
    for (const char* node : {"conv1", "bn1", "fc1", "fc1"})  // the last: where its gradients meet
      steps.push_back(std::make_unique<NamedStep>(node));
    engine::GradientSums sums(group, steps, model, as);
    EXPECT_EQ(sums.bytes(*steps[0]), 0U);
    EXPECT_EQ(sums.bytes(*steps[2]), 16U);
    EXPECT_EQ(sums.bytes(*steps[3]), 0U);
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) sums.give(**step);
    sums.finish();
    for (const Parameter& p : model.parameters()) grads[static_cast<std::size_t>(rank)].push_back(p.grad);
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  return grads;
}

TEST(GradientSums, AreThoseOfAllProcesses) {
  const auto grads = summed(Group::Numbers::F32);
  constexpr float k = 0x1p-10F;
  for (std::size_t r = 0; r < 2; ++r)
    // conv1.weight stays; then bn1's weight, bias and two statistics, which have none; fc1's.
    EXPECT_EQ(grads[r], (std::vector<std::vector<float>>{{r == 0 ? 1.F : 100.F + k},
                                                         {101 + k},
                                                         {101 + k},
                                                         {},
                                                         {},
                                                         {101 + k, 103 + k},
                                                         {101 + k, 103 + k}}));
}

TEST(GradientSums, TravelAsBf16) {
  const auto grads = summed(Group::Numbers::BF16);
  for (std::size_t r = 0; r < 2; ++r) EXPECT_EQ(grads[r][5], (std::vector<float>{101, 103}));
}

}  // namespace
}  // namespace doppel::nn
