#include "doppel/nn/model/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

TEST(Graph, SizesFollowTheFormulas) {
  // floor((n + 2p - k) / s) + 1, worked by hand.
  const Graph g =
      build_graph(parse_network("conv5x5(6)-pool-conv5x5(16,valid)-maxpool3x3(s2,p1)-conv3x3(8,s2)-fc(10)"),
                  {1, 28, 28}, 10);
  EXPECT_EQ(g.nodes[0].out, (Shape{6, 28, 28}));
  EXPECT_EQ(g.nodes[1].out, (Shape{6, 14, 14}));
  EXPECT_EQ(g.nodes[2].out, (Shape{16, 10, 10}));
  EXPECT_EQ(g.nodes[3].out, (Shape{16, 5, 5}));
  EXPECT_EQ(g.nodes[4].out, (Shape{8, 3, 3}));
  EXPECT_EQ(g.nodes[5].name, "flatten1");
  EXPECT_EQ(g.output(), (Shape{10, 1, 1, true}));
}

TEST(Graph, ParameterCountsAreTheKnownOnes) {
  // LeNet-5 with ReLU, and the wide LeNet of PyTorch tutorials.
  EXPECT_EQ(build_graph(parse_network(network_of("lenet5")), {1, 28, 28}, 10).parameters(), 61706);
  EXPECT_EQ(build_graph(parse_network(network_of("lenet")), {1, 28, 28}, 10).parameters(), 1663370);
}

TEST(Graph, ParameterCountsAreTorchvisions) {
  // torchvision 0.14, 1,000 classes; GoogLeNet without its heads at the side.
  const std::vector<std::tuple<const char*, int, std::int64_t>> known{{"vgg11", 224, 132863336},
                                                                      {"vgg13", 224, 133047848},
                                                                      {"vgg16", 224, 138357544},
                                                                      {"vgg19", 224, 143667240},
                                                                      {"vgg11_bn", 224, 132868840},
                                                                      {"vgg13_bn", 224, 133053736},
                                                                      {"vgg16_bn", 224, 138365992},
                                                                      {"vgg19_bn", 224, 143678248},
                                                                      {"resnet18", 224, 11689512},
                                                                      {"resnet34", 224, 21797672},
                                                                      {"resnet50", 224, 25557032},
                                                                      {"resnet101", 224, 44549160},
                                                                      {"mobilenet_v2", 224, 3504872},
                                                                      {"mobilenet_v3_small", 224, 2542856},
                                                                      {"mobilenet_v3_large", 224, 5483032},
                                                                      {"efficientnet_b0", 224, 5288548},
                                                                      {"densenet121", 224, 7978856},
                                                                      {"convnext_tiny", 224, 28589128},
                                                                      {"regnet_y_400mf", 224, 4344144},
                                                                      {"shufflenet_v2_x1_0", 224, 2278604},
                                                                      {"googlenet", 224, 6624904},
                                                                      {"inception_v3", 299, 27161264}};
  for (const auto& [name, side, parameters] : known) {
    const Graph graph = build_graph(parse_network(network_of(name)), {3, side, side}, 1000);
    EXPECT_EQ(graph.parameters(), parameters) << name;
    EXPECT_EQ(graph.output().channels, 1000);
  }
}

TEST(Graph, ShapesThatCannotFitSaySo) {
  const auto error = [](const std::string& text, Shape in, int classes) {
    return error_of([&] { build_graph(parse_network(text), in, classes); });
  };
  EXPECT_EQ(error("conv5x5(4,valid)-fc", {1, 3, 3}, 10),
            "network, layer 1 (conv5x5(4,valid)): a 5x5 window doesn't fit into 3x3; pool less often, pad, "
            "or take a smaller window; the shape so far is 1x3x3");
  EXPECT_NE(error("[pool]*6-fc", {1, 28, 28}, 10).find("layer 5 (maxpool2x2(s2))"), std::string::npos);
  EXPECT_NE(error("fc(5)-conv-fc", {1, 8, 8}, 10).find("works on images [C, H, W], but a vector comes in"),
            std::string::npos);
  EXPECT_NE(error("conv-fc(5)", {1, 8, 8}, 10).find("there are 10 classes; end with fc(10)"),
            std::string::npos);
  EXPECT_NE(error("conv-relu", {1, 8, 8}, 10).find("end with fc(10)"), std::string::npos);
  EXPECT_NE(error("conv-softmax", {1, 8, 8}, 0).find("works on a vector"), std::string::npos);
  EXPECT_NE(error("add[conv3x3(8)|conv3x3(9)]-fc", {1, 8, 8}, 2).find("its branches give 8x8x8 and 9x8x8"),
            std::string::npos);
  EXPECT_NE(
      error("conv3x3(8,g3)-fc", {3, 8, 8}, 2).find("its 3 groups don't divide 3 channels and 8 filters"),
      std::string::npos);
  EXPECT_NE(error("groupnorm(2)-fc", {3, 8, 8}, 2).find("its 2 groups don't divide 3 channels"),
            std::string::npos);
  EXPECT_NE(error("chunk(1,2)-fc", {3, 8, 8}, 2).find("its 2 chunks don't divide 3 channels"),
            std::string::npos);
  EXPECT_NE(error("mul[conv3x3(8)|pool]-fc", {1, 8, 8}, 2).find("a factor for each channel"),
            std::string::npos);
  EXPECT_NE(error("mul[||]-fc", {1, 8, 8}, 2).find("multiplies two branches, not 3"), std::string::npos);
  EXPECT_NE(error("cat[conv3x3(8)|pool]-fc", {1, 8, 8}, 2).find("one height and width"), std::string::npos);
}

TEST(Graph, CostsAreCountedByHand) {
  const Graph g =
      build_graph(parse_network("conv3x3(4,bias)-bn-relu-deconv2x2(2,s2,valid)-gap-fc(5)-prelu"), {3, 6, 6});
  const auto node = [&](const char* name) {
    for (const Node& n : g.nodes)
      if (n.name == name) return n;
    return Node{};
  };
  EXPECT_EQ(node("conv1").parameters, 4 * 3 * 9 + 4);
  EXPECT_EQ(node("conv1").flops, 2 * 4 * 3 * 9 * 36);
  EXPECT_EQ(node("bn1").parameters, 8);
  EXPECT_EQ(node("deconv1").out, (Shape{2, 12, 12}));
  EXPECT_EQ(node("deconv1").parameters, 4 * 2 * 4 + 2);
  EXPECT_EQ(node("deconv1").flops, 2 * 4 * 2 * 4 * 36);
  EXPECT_EQ(node("fc1").parameters, 5 * 3);
  EXPECT_EQ(node("prelu1").parameters, 5);
  EXPECT_EQ(g.parameters(), 112 + 8 + 34 + 15 + 5);
  std::int64_t sum = 0;
  for (const Node& n : g.nodes) sum += n.flops;
  EXPECT_EQ(g.flops(), sum);
  // A convolution before a BatchNorm has no bias unless it's asked for; any other has.
  EXPECT_FALSE(build_graph(parse_network("conv1x1(2)-bn"), {1, 2, 2}).nodes[0].bias);
  EXPECT_TRUE(build_graph(parse_network("conv1x1(2)-relu-bn"), {1, 2, 2}).nodes[0].bias);
  const std::string summary = g.summary();
  EXPECT_EQ(std::count(summary.begin(), summary.end(), '\n'), static_cast<int>(g.nodes.size()) + 3);
  EXPECT_NE(summary.find("174"), std::string::npos) << summary;
}

TEST(Graph, BranchesReadOneValueAndSidesComeOff) {
  const Graph g = build_graph(
      parse_network("conv1x1(4)-add[tanh|]-side(0.3)[gap-fc]-cat[|gap-resize(8)]-gap-fc"), {1, 8, 8}, 3);
  EXPECT_EQ(g.consumers(), (std::vector<int>{2, 1, 3, 1, 1, 0, 1, 1, 1, 1, 1, 0}));
  const Graph rest = g.part();
  std::string names;
  for (const Node& n : rest.nodes) {
    names += n.name + ' ';
    for (const int input : n.inputs) EXPECT_LT(input, static_cast<int>(&n - rest.nodes.data())) << n.name;
  }
  EXPECT_EQ(names, "conv1 tanh1 add1 gap2 resize1 cat1 gap3 flatten2 fc2 ");
  EXPECT_EQ(rest.output(), g.output());
  EXPECT_EQ(g.nodes[5].side_loss, 0.3);
}

}  // namespace
}  // namespace doppel::nn
