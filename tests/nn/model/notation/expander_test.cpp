#include <gtest/gtest.h>

#include "doppel/nn/model/notation.h"
#include "error_of.h"
#include "model/notation/items.h"

namespace doppel::nn::notation {
namespace {

using Bindings = std::map<std::string, std::string>;

TEST(NotationExpander, RepeatsAndWhatMayBeLeftOutFollowTheirBindings) {
  const auto expanded = [](const std::string& text, const Bindings& bindings = {}) {
    return network_text(expand(parse(text), bindings));
  };
  EXPECT_EQ(expanded("[relu-tanh]*2"), "relu-tanh-relu-tanh");
  EXPECT_EQ(expanded("relu*N-tanh", {{"n", "3"}}), "relu-relu-relu-tanh");
  EXPECT_EQ(expanded("relu*0-tanh"), "tanh");
  EXPECT_EQ(expanded("relu-pool?-tanh?T", {{"pool", "no"}, {"t", "yes"}}), "relu-tanh");
  EXPECT_EQ(expanded("input-relu"), "relu");
}

TEST(NotationExpander, DefaultsAreThoseThatTheNotationNames) {
  const auto one = [](const std::string& text) { return std::get<Layer>(expand(parse(text), {}).at(0).is); };
  EXPECT_EQ(one("conv"), Layer(Conv2d{.filters = 32, .sides = {}}));
  EXPECT_EQ(one("conv5x3(7,s2,valid)"), Layer(Conv2d{.filters = 7,
                                                     .kernel_h = 5,
                                                     .kernel_w = 3,
                                                     .stride = 2,
                                                     .padding = Padding::Explicit,
                                                     .sides = {}}));
  EXPECT_EQ(one("pool"), Layer(MaxPool2d{}));
  EXPECT_EQ(one("maxpool3x3"), Layer(MaxPool2d{.kernel_h = 3, .kernel_w = 3, .stride = 3}));
  EXPECT_EQ(one("deconv4x4(8)"), Layer(ConvTranspose2d{.filters = 8, .stride = 2, .pad = 1}));
  EXPECT_EQ(one("lrelu"), Layer(LeakyReLU{0.01}));
  EXPECT_EQ(one("dropout"), Layer(Dropout{0.5}));
  EXPECT_EQ(one("resize(bilinear,3)"), Layer(Upsample{.factor = 3, .bilinear = true}));
  // Filters double with the outermost repeat.
  const Network network = expand(parse("[[conv]*2-pool]*3"), {});
  std::vector<int> filters;
  for (const Part& part : network)
    if (const auto* conv = std::get_if<Conv2d>(&std::get<Layer>(part.is))) filters.push_back(conv->filters);
  EXPECT_EQ(filters, (std::vector{32, 32, 64, 64, 128, 128}));
}

TEST(NotationExpander, ErrorsPointAtTheColumnAndSuggest) {
  const auto error = [](const std::string& text, const Bindings& bindings = {}) {
    return error_of([&] { expand(parse(text), bindings); });
  };
  EXPECT_EQ(error("conv3x3(8)-rleu"), "network, column 12: there is no layer 'rleu'; did you mean 'relu'?");
  EXPECT_NE(error("[conv]*N").find("say how many turns '*N' has"), std::string::npos);
  EXPECT_NE(error("conv-pool?").find("say whether 'pool?' is wanted"), std::string::npos);
  EXPECT_NE(error("pool?", {{"pool", "maybe"}}).find("must be yes or no, not 'maybe'"), std::string::npos);
  EXPECT_NE(error("conv3x3(0)").find("filters must be a whole number from 1"), std::string::npos);
  EXPECT_NE(error("conv3x3(8:9)").find("2 values need a repeat of 2 turns"), std::string::npos);
  EXPECT_NE(error("dropout(1)").find("below 1"), std::string::npos);
  EXPECT_NE(error("relu(3)").find("takes no arguments"), std::string::npos);
  EXPECT_NE(error("relu3x3").find("has no kernel"), std::string::npos);
  EXPECT_NE(error("conv3x3(8,same,p1)").find("give one of same, valid and a padding"), std::string::npos);
  EXPECT_NE(error("conv3x3(8,p1x2)").find("four: top x left x bottom x right"), std::string::npos);
  EXPECT_NE(error("[[[relu]*1000]*1000]*1000").find("more than 100000 layers"), std::string::npos);
  EXPECT_NE(error("b(c) = conv3x3(c); b-fc").find("takes 1 argument, not 0"), std::string::npos);
  EXPECT_NE(error("b() = b; b").find("contains itself"), std::string::npos);
  EXPECT_NE(error("block(c) = conv3x3(c); blokc(3)").find("did you mean 'block'?"), std::string::npos);
  EXPECT_NE(error("deconv3x3(8)").find("say deconv's padding"), std::string::npos);
  EXPECT_NE(error("bn(epsilon=1)").find("bn takes eps=0.001"), std::string::npos);
  EXPECT_NE(error("relu-input").find("input stands first"), std::string::npos);
}

}  // namespace
}  // namespace doppel::nn::notation
