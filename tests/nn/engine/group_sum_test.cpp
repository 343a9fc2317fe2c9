#include "engine/group_sum.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

TEST(GroupSum, GradientsAndSumsAreThoseOfAllProcesses) {
  const std::string port = [] {
    const int handle = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(handle, reinterpret_cast<const sockaddr*>(&address), size);
    getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size);
    close(handle);
    return std::to_string(ntohs(address.sin_port));
  }();
  std::array<LossSums, 2> sums;
  std::array<std::vector<std::vector<float>>, 2> grads;
  const auto work = [&](int rank) {
    Group group({rank, 2, "127.0.0.1", port}, std::chrono::seconds(20));
    Model model(build_graph(parse_network("conv1x1(1)-bn-fc(2)"), {1, 1, 1}), 1);
    model.find("conv1", "weight")->rate = 0;  // doesn't learn: its gradient is nobody's
    for (Parameter& p : model.parameters())
      for (std::size_t i = 0; i < p.grad.size(); ++i)
        p.grad[i] = static_cast<float>(i) + (rank == 0 ? 1.F : 100.F);
    const auto r = static_cast<std::size_t>(rank);
    sums[r] = sum_over_group(group, model, {rank == 0 ? 1.5 : 2.25, 3 + rank, 5 - rank});
    for (const Parameter& p : model.parameters()) grads[r].push_back(p.grad);
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  for (std::size_t r = 0; r < 2; ++r) {
    EXPECT_EQ(sums[r].loss, 3.75);
    EXPECT_EQ(sums[r].correct, 7);
    EXPECT_EQ(sums[r].rows, 9);
    // conv1.weight stays; then bn1's weight, bias and two statistics, which have none; fc1's.
    EXPECT_EQ(grads[r], (std::vector<std::vector<float>>{
                            {r == 0 ? 1.F : 100.F}, {101}, {101}, {}, {}, {101, 103}, {101, 103}}));
  }
}

}  // namespace
}  // namespace doppel::nn
