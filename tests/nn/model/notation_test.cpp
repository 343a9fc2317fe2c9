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
  const std::string backbones =
      "conv3x3(depthwise,s2,p1)-mul[|gap-conv1x1(4,nobias)-hardsigmoid]-groupnorm(2)-groupnorm(2,eps=0.001)-"
      "layernorm-"
      "layernorm(eps=0.01)-layerscale(1e-06)-droppath(0.25)-shuffle(2)-chunk(2,2)";
  EXPECT_EQ(network_text(parse_network(backbones)), backbones);
  const std::string told =
      "slice(1,8)-batchstd(4)-add[slice(3)|input-slice(2,7)-fc(6)-picture1x1]-cat[|input]";
  EXPECT_EQ(network_text(parse_network(told)), told);
  const std::string joined = "conv3x3(8)-add[conv3x3(8)-bn|]-relu-cat[conv1x1(4)|add[|silu]|gelu]-fc";
  EXPECT_EQ(network_text(parse_network(joined)), joined);
  EXPECT_EQ(expanded("[add[conv3x3(4:6)-bn|conv1x1(4:6)]]*2"),
            "add[conv3x3(4)-bn|conv1x1(4)]-add[conv3x3(6)-bn|conv1x1(6)]");
}

TEST(Notation, WhatBackbonesNeedIsRefusedWhereItDoesNotFit) {
  const auto error = [](const std::string& text) { return error_of([&] { parse_network(text); }); };
  EXPECT_NE(error("conv3x3(8,depthwise)").find("as many filters and groups as channels come in"),
            std::string::npos);
  EXPECT_NE(error("conv3x3(8,bias,nobias)").find("give one of bias and nobias"), std::string::npos);
  EXPECT_NE(error("chunk(3,2)").find("which chunk must be a whole number from 1 to 2"), std::string::npos);
  EXPECT_NE(error("chunk(2)").find("as chunk(1, 2)"), std::string::npos);
  EXPECT_NE(error("slice").find("slice says its first channel"), std::string::npos);
  EXPECT_NE(error("slice(3,2)").find("the last channel must be a whole number from 3"), std::string::npos);
  EXPECT_NE(error("batchstd(1)").find("a group of images must be a whole number from 2"), std::string::npos);
  EXPECT_NE(error("add[relu-input|]").find("input stands first"), std::string::npos);
  EXPECT_NE(error("droppath(1)").find("a chance to drop must be at least 0 and below 1"), std::string::npos);
  EXPECT_NE(error("groupnorm(a=2)").find("groupnorm takes"), std::string::npos);
  EXPECT_NE(error("layernorm(3)").find("layernorm takes eps=1e-6"), std::string::npos);
  EXPECT_NE(error("mul(2)").find("mul joins branches"), std::string::npos);
}

TEST(Notation, BindingsArePairsAndSomethingIsLeft) {
  const auto error = [](const std::string& text) { return error_of([&] { parse_network(text); }); };
  EXPECT_EQ(error("relu*N; N"), "network, column 9: after ';' come pairs as N=2, not 'N'");
  EXPECT_NE(error("relu; =2").find("not '=2'"), std::string::npos);
  EXPECT_EQ(error("[conv]*0"), "network: it has no layers");
  // Text before what is given besides; names in any case.
  EXPECT_EQ(network_text(parse_network("relu*N; n=2", {{"N", "3"}})), "relu-relu");
  EXPECT_EQ(network_text(parse_network("relu*n", {{"N", "3"}})), "relu-relu-relu");
  // A head at the side has a last fc of its own.
  EXPECT_EQ(expanded("conv3x3(4)-side[fc-relu-fc]-fc-fc"),
            "conv3x3(4)-side(0.4)[fc(128)-relu-fc]-fc(128)-fc");
}

TEST(Notation, HeadsAtTheSide) {
  const std::string text =
      "conv3x3(4)-relu-side(0.3)[gap-fc]-conv3x3(8)-side(0.4)[gap-fc(16)-relu-fc]-gap-fc";
  const Network network = parse_network(text);
  EXPECT_EQ(network_text(network), network_text(parse_network(network_text(network))));
  EXPECT_EQ(network, parse_network(network_text(network)));
  const Graph graph = build_graph(network, {1, 8, 8}, 5), rest = graph.part();
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
  EXPECT_EQ(expanded("bn(noscale, biased, eps=0.001)"), "bn(eps=0.001,biased,noscale)");
  EXPECT_EQ(expanded("deconv4x4(8)-deconv3x3(4,s2,p1)-resize-dropout2d(0.2)"),
            "deconv4x4(8,s2,p1)-deconv3x3(4,s2,p1)-resize(2)-dropout2d(0.2)");
}

}  // namespace
}  // namespace doppel::nn
