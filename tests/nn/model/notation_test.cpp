#include "doppel/nn/model/notation.h"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/nn/model/graph.h"
#include "doppel/nn/model/zoo.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

std::string expanded(const std::string& text) { return network_text(parse_network(text)); }

TEST(Notation, TheTextbooksPatternRunsAsItStands) {
  EXPECT_EQ(expanded("INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=2 M=2 K=1 pool=yes"),
            "conv3x3(32)-relu-conv3x3(32)-relu-maxpool2x2(s2)-conv3x3(64)-relu-conv3x3(64)-relu-maxpool2x2("
            "s2)-fc(128)-relu-fc");
  EXPECT_EQ(expanded("[[CONV -> RELU]*1 -> POOL?]*1 -> FC ; pool=no"), "conv3x3(32)-relu-fc");
}

TEST(Notation, ValueListsTakeOnePerTurnOfTheOutermostFittingRepeat) {
  EXPECT_EQ(expanded("[[conv3x3(8:16:32)-relu]*2-pool]*3"),
            "conv3x3(8)-relu-conv3x3(8)-relu-maxpool2x2(s2)-conv3x3(16)-relu-conv3x3(16)-relu-maxpool2x2(s2)-"
            "conv3x3(32)-relu-conv3x3(32)-relu-maxpool2x2(s2)");
  EXPECT_EQ(expanded("[[conv3x3(4:5)]*2-pool]*3").substr(0, 23), "conv3x3(4)-conv3x3(5)-m");
}

TEST(Notation, PrintingParsesToTheSameLayers) {
  for (const ZooEntry& entry : zoo()) {
    const auto layers = parse_network(std::string(entry.text));
    EXPECT_EQ(parse_network(network_text(layers)), layers) << entry.name;
  }
  const auto odd = parse_network(
      "conv1x7(4,s2,valid)-lrelu(0.2)-maxpool3x3(s2,p1)-avgpool-bn-sigmoid-tanh-gap-flatten-dropout(0.25)-fc("
      "7)-softmax");
  EXPECT_EQ(parse_network(network_text(odd)), odd);
  const auto more = parse_network(
      "conv3x3(4,p1x0x2x3)-prelu-resize(3,bilinear)-adaptpool3x5-flatten-picture5x3-bn(momentum=0.01,biased)-"
      "fc(2)-prelu");
  EXPECT_EQ(parse_network(network_text(more)), more);
  const std::string joined = "conv3x3(8)-add[conv3x3(8)-bn|]-relu-cat[conv1x1(4)|add[|silu]|gelu]-fc";
  EXPECT_EQ(network_text(parse_network(joined)), joined);
  EXPECT_EQ(expanded("[add[conv3x3(4:6)-bn|conv1x1(4:6)]]*2"),
            "add[conv3x3(4)-bn|conv1x1(4)]-add[conv3x3(6)-bn|conv1x1(6)]");
}

TEST(Notation, ErrorsPointAtTheColumnAndSuggest) {
  const auto error = [](const std::string& text) { return error_of([&] { parse_network(text); }); };
  EXPECT_EQ(error("conv3x3(8)-rleu"), "network, column 12: there is no layer 'rleu'; did you mean 'relu'?");
  EXPECT_EQ(error("[conv3x3(8)"), "network, column 1: this '[' has no ']'");
  EXPECT_NE(error("conv3x3(8").find("column 10: this layer's '(' has no ')'"), std::string::npos);
  EXPECT_NE(error("conv3(8)").find("height x width"), std::string::npos);
  EXPECT_NE(error("[conv]*N").find("say how many turns '*N' has"), std::string::npos);
  EXPECT_NE(error("conv-pool?").find("say whether 'pool?' is wanted"), std::string::npos);
  EXPECT_NE(error("conv3x3(0)").find("filters must be a whole number from 1"), std::string::npos);
  EXPECT_NE(error("conv3x3(8:9)").find("2 values need a repeat of 2 turns"), std::string::npos);
  EXPECT_NE(error("dropout(1)").find("below 1"), std::string::npos);
  EXPECT_NE(error("relu(3)").find("takes no arguments"), std::string::npos);
  EXPECT_NE(error("conv-").find("the text ends where a layer should be"), std::string::npos);
  EXPECT_NE(error("conv]").find("doesn't belong here"), std::string::npos);
  EXPECT_NE(error("").find("the text ends"), std::string::npos);
  EXPECT_NE(error("conv-add[conv|relu").find("column 6: this add[ has no ']'"), std::string::npos);
  EXPECT_NE(error(std::string(100000, '[')).find("nested deeper than 100"), std::string::npos);
  EXPECT_NE(error("[[[relu]*1000]*1000]*1000").find("more than 100000 layers"), std::string::npos);
  EXPECT_NE(error("add-fc").find("add joins branches"), std::string::npos);
  EXPECT_NE(error("[conv]*0").find("has no layers"), std::string::npos);
}

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
  const std::vector<std::tuple<const char*, int, std::int64_t>> known{
      {"vgg11", 224, 132863336},    {"vgg13", 224, 133047848},      {"vgg16", 224, 138357544},
      {"vgg19", 224, 143667240},    {"vgg11_bn", 224, 132868840},   {"vgg13_bn", 224, 133053736},
      {"vgg16_bn", 224, 138365992}, {"vgg19_bn", 224, 143678248},   {"resnet18", 224, 11689512},
      {"resnet34", 224, 21797672},  {"resnet50", 224, 25557032},    {"resnet101", 224, 44549160},
      {"googlenet", 224, 6624904},  {"inception_v3", 299, 27161264}};
  for (const auto& [name, side, parameters] : known) {
    const Graph graph = build_graph(parse_network(network_of(name)), {3, side, side}, 1000);
    EXPECT_EQ(graph.parameters(), parameters) << name;
    EXPECT_EQ(graph.output().channels, 1000);
  }
}

TEST(Graph, EveryNetworkOfTheZooFitsPicturesOfItsSize) {
  for (const ZooEntry& entry : zoo()) {
    const int side = entry.help.find("224") != entry.help.npos   ? 224
                     : entry.help.find("299") != entry.help.npos ? 299
                                                                 : 32;
    EXPECT_NO_THROW(build_graph(parse_network(std::string(entry.text)), {3, side, side}, 10)) << entry.name;
  }
}

TEST(Notation, HeadsAtTheSide) {
  const std::string text =
      "conv3x3(4)-relu-side(0.3)[gap-fc]-conv3x3(8)-side(0.4)[gap-fc(16)-relu-fc]-gap-fc";
  const Network network = parse_network(text);
  EXPECT_EQ(network_text(network), network_text(parse_network(network_text(network))));
  EXPECT_EQ(network, parse_network(network_text(network)));
  const Graph graph = build_graph(network, {1, 8, 8}, 5), rest = graph.without_sides();
  EXPECT_EQ(graph.nodes.size(), rest.nodes.size() + 8);
  EXPECT_EQ(rest.parameters(),
            build_graph(parse_network("conv3x3(4)-relu-conv3x3(8)-gap-fc"), {1, 8, 8}, 5).parameters());
  for (const char* bad :
       {"conv3x3(4)-gap-side[fc]", "conv3x3(4)-side[conv3x3(5)]-gap-fc", "side-fc", "side[]-fc",
        "side[fc|fc]-fc", "side(0)[fc]-fc", "side[side[fc]-fc]-fc", "side(2)[fc]-fc", "side[fc(4)]-fc"})
    EXPECT_THROW(build_graph(parse_network(bad), {1, 8, 8}, 5), UsageError) << bad;
}

TEST(Notation, BlocksAreUsedAsLayers) {
  EXPECT_EQ(
      expanded("block(c, s) = add[conv3x3(c,s,p1)-bn|conv1x1(c,s)]-relu; block(8,s2)-block(4:6,s1)*2-fc"),
      "add[conv3x3(8,s2,p1)-bn|conv1x1(8,s2)]-relu-add[conv3x3(4,p1)-bn|conv1x1(4)]-relu-"
      "add[conv3x3(6,p1)-bn|conv1x1(6)]-relu-fc");
  EXPECT_EQ(expanded("inner() = relu-pool; outer(c) = conv3x3(c)-inner; outer(3)*N ; n=2"),
            "conv3x3(3)-relu-maxpool2x2(s2)-conv3x3(3)-relu-maxpool2x2(s2)");
  EXPECT_EQ(expanded("[conv3x3(2:4)*1:3]*2"), "conv3x3(2)-conv3x3(4)-conv3x3(4)-conv3x3(4)");
  EXPECT_EQ(
      expanded("conv3x3(8,bias)-conv3x3(8,d2,g4)-bn(eps=0.001)-maxpool3x3(s2,ceil)-avgpool3x3(s1,p1,padded)"),
      "conv3x3(8,bias)-conv3x3(8,d2,g4)-bn(eps=0.001)-maxpool3x3(s2,ceil)-avgpool3x3(s1,p1,padded)");
  const auto error = [](const std::string& text) { return error_of([&] { parse_network(text); }); };
  EXPECT_NE(error("b(c) = conv3x3(c); b-fc").find("takes 1 argument, not 0"), std::string::npos);
  EXPECT_NE(error("b() = b; b").find("contains itself"), std::string::npos);
  EXPECT_NE(error("relu() = bn; fc").find("'relu' is a layer"), std::string::npos);
  EXPECT_NE(error("block(c) = conv3x3(c); blokc(3)").find("did you mean 'block'?"), std::string::npos);
  EXPECT_NE(error("b(c) = conv3x3(c) fc").find("ends with ';'"), std::string::npos);
  EXPECT_EQ(expanded("bn(noscale, biased, eps=0.001)"), "bn(eps=0.001,biased,noscale)");
  EXPECT_EQ(expanded("deconv4x4(8)-deconv3x3(4,s2,p1)-resize-dropout2d(0.2)"),
            "deconv4x4(8,s2,p1)-deconv3x3(4,s2,p1)-resize(2)-dropout2d(0.2)");
  EXPECT_NE(error("deconv3x3(8)").find("say deconv's padding"), std::string::npos);
  EXPECT_NE(error("bn(epsilon=1)").find("bn takes eps=0.001"), std::string::npos);
}

TEST(Graph, ShapesThatCannotFitSaySo) {
  const auto error = [](const std::string& text, Shape in, int classes) {
    return error_of([&] { build_graph(parse_network(text), in, classes); });
  };
  EXPECT_EQ(error("conv5x5(4,valid)-fc", {1, 3, 3}, 10),
            "network, layer 1 (conv5x5(4,valid)): a 5x5 window doesn't fit into 3x3; pool less often, pad, "
            "or take a smaller window; the shape so far is 1x3x3");
  EXPECT_NE(error("[pool]*6-fc", {1, 28, 28}, 10).find("layer 5 (maxpool2x2(s2))"), std::string::npos);
  EXPECT_NE(error("fc(5)-conv-fc", {1, 8, 8}, 10).find("works on pictures [C, H, W], but a vector comes in"),
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
  EXPECT_NE(error("cat[conv3x3(8)|pool]-fc", {1, 8, 8}, 2).find("one height and width"), std::string::npos);
}

}  // namespace
}  // namespace doppel::nn
