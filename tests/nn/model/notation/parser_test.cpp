#include <gtest/gtest.h>

#include <algorithm>

#include "error_of.h"
#include "model/notation/items.h"

namespace doppel::nn::notation {
namespace {

TEST(NotationParser, ItemsHaveNamesKernelsArgumentsAndRepeats) {
  const Parsed parsed = parse(" Conv3x5( 8:16 , S2,eps=0.5 )*2:N ->[relu-pool?Wanted] - add[bn|] ; N=3");
  ASSERT_EQ(parsed.chain.size(), 3U);
  const Item& conv = parsed.chain[0];
  EXPECT_EQ(conv.name, "conv");
  EXPECT_EQ(conv.kernel, (std::pair{3, 5}));
  EXPECT_EQ(conv.column, 1U);
  ASSERT_EQ(conv.arguments.size(), 3U);
  EXPECT_EQ(conv.arguments[0].values, (std::vector<std::string>{"8", "16"}));
  EXPECT_EQ(conv.arguments[1].values, std::vector<std::string>{"s2"});
  EXPECT_EQ(conv.arguments[2].key, "eps");
  EXPECT_EQ(conv.arguments[2].values, std::vector<std::string>{"0.5"});
  EXPECT_EQ(conv.repeat.values, (std::vector<std::string>{"2", "N"}));
  const Item& chain = parsed.chain[1];
  EXPECT_TRUE(chain.name.empty());
  ASSERT_EQ(chain.chain.size(), 2U);
  EXPECT_EQ(chain.chain[1].optional_name, "Wanted");
  EXPECT_FALSE(chain.chain[0].optional_name);
  const Item& join = parsed.chain[2];
  ASSERT_EQ(join.branches.size(), 2U);
  EXPECT_EQ(join.branches[0].size(), 1U);
  EXPECT_TRUE(join.branches[1].empty());  // the value itself
  EXPECT_EQ(parsed.end,
            std::string(" Conv3x5( 8:16 , S2,eps=0.5 )*2:N ->[relu-pool?Wanted] - add[bn|] ").size());
}

TEST(NotationParser, DigitsAreAKernelUnlessANameHasThem) {
  const auto name = [](const char* text) { return parse(text).chain[0].name; };
  EXPECT_EQ(name("relu6"), "relu6");
  EXPECT_EQ(name("RELU6"), "relu6");
  EXPECT_EQ(name("dropout2d(0.1)"), "dropout2d");
  EXPECT_EQ(name("dropout(0.1)"), "dropout");
  EXPECT_EQ(name("pool2x2"), "pool");
}

TEST(NotationParser, BlocksComeFirst) {
  const Parsed parsed = parse("a(c, s) = conv3x3(c,s); b() = a(3,s2)-relu; b-fc; n=1");
  ASSERT_EQ(parsed.definitions.size(), 2U);
  EXPECT_EQ(parsed.definitions.at("a").parameters, (std::vector<std::string>{"c", "s"}));
  EXPECT_TRUE(parsed.definitions.at("b").parameters.empty());
  EXPECT_EQ(parsed.definitions.at("b").chain.size(), 2U);
  EXPECT_EQ(parsed.chain.size(), 2U);
}

TEST(NotationParser, ErrorsPointAtTheColumn) {
  const auto error = [](const std::string& text) { return error_of([&] { parse(text); }); };
  EXPECT_EQ(error("[conv3x3(8)"), "network, column 1: this '[' has no ']'");
  EXPECT_NE(error("conv3x3(8").find("column 10: this layer's '(' has no ')'"), std::string::npos);
  EXPECT_NE(error("conv3(8)").find("height x width"), std::string::npos);
  EXPECT_NE(error("conv-").find("the text ends where a layer should be"), std::string::npos);
  EXPECT_NE(error("conv]").find("column 5: ']' doesn't belong here"), std::string::npos);
  EXPECT_NE(error("").find("the text ends"), std::string::npos);
  EXPECT_NE(error("conv-add[conv|relu").find("column 6: this add[ has no ']'"), std::string::npos);
  EXPECT_NE(error(std::string(100000, '[')).find("nested deeper than 100"), std::string::npos);
  EXPECT_NE(error("add-fc").find("add joins branches"), std::string::npos);
  EXPECT_NE(error("conv3x3(8,)").find("an argument should stand here"), std::string::npos);
  EXPECT_NE(error("relu*").find("after '*' comes a number of turns"), std::string::npos);
  EXPECT_NE(error("relu() = bn; fc").find("'relu' is a layer"), std::string::npos);
  EXPECT_NE(error("b(c) = conv3x3(c) fc").find("ends with ';'"), std::string::npos);
  EXPECT_NE(error("conv3x99999").find("height x width"), std::string::npos);
}

TEST(NotationParser, KnowsEveryLayersName) {
  const auto& names = layer_names();
  for (const char* name : {"input", "pool", "side", "conv", "deconv", "fc", "relu6", "picture", "add", "cat"})
    EXPECT_EQ(std::ranges::count(names, name), 1) << name;
  for (const char* name : {"custom", "shift"}) EXPECT_EQ(std::ranges::count(names, name), 0) << name;
}

}  // namespace
}  // namespace doppel::nn::notation
