#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/formats/onnx/hand_made.h"

namespace doppel::nn {
namespace {

/// A convolution whose value `middle` reads as c, giving b; b + 100 and tanh(c) are added up.
std::vector<float> logits_with_readers(auto middle) {
  return logits_of_made(
      [&](HandMade& m) {
        m.reals("w", {2, 1, 1, 1}, {0.01F, -0.02F}).node("Conv", {"x", "w"}, "c");
        middle(m);
        m.reals("k", {1, 2, 1, 1}, {100, 200}).node("Add", {"b", "k"}, "d").node("Relu", {"d"}, "r");
        m.node("Tanh", {"c"}, "t").node("Add", {"r", "t"}, "e").node("GlobalAveragePool", {"e"}, "g");
        m.node("Flatten", {"g"}, "y");
      },
      {-1, 1, 2, 2});
}

TEST(OnnxPieces, ALayerThatOthersReadTooTakesNothingUp) {
  const std::vector<float> expected =
      logits_with_readers([](HandMade& m) { m.node("Identity", {"c"}, "b"); });
  EXPECT_NEAR(expected[0], 100.025 + 0.02499, 1e-4);
  const std::vector<float> undone = logits_with_readers([](HandMade& m) {
    m.reals("two", {1}, {2}).reals("half", {1}, {0.5F});
    m.node("Mul", {"c", "two"}, "a").node("Mul", {"a", "half"}, "b");
  });
  EXPECT_EQ(undone, expected);
  const std::vector<float> joined =
      logits_with_readers([](HandMade& m) { m.node("Concat", {"c"}, "b", {HandMade::number("axis", 1)}); });
  EXPECT_EQ(joined, expected);
}

TEST(OnnxPieces, PartsOfLayersAreNoLayers) {
  for (const char* op : {"Sqrt", "Erf"})
    EXPECT_THAT(problem_of_made([&](HandMade& m) { m.node("Flatten", {"x"}, "f").node(op, {"f"}, "y"); }),
                testing::HasSubstr("no layer does what this operator does here"));
  EXPECT_THAT(problem_of_made([](HandMade& m) {
                m.reals("two", {}, {2}).node("Flatten", {"x"}, "f").node("Pow", {"f", "two"}, "y");
              }),
              testing::HasSubstr("no layer does what this operator does here"));
}

TEST(OnnxPieces, NumbersAreOneForEachChannel) {
  const auto problem = [](const char* op, const std::vector<std::size_t>& counts) {
    return problem_of_made([&](HandMade& m) {
      m.reals("w", {2, 1, 1, 1}, {1, 2}).reals("k", {1, 2, 1, 1}, {2, 3}).node("Conv", {"x", "w"}, "c");
      std::vector<std::string> inputs{"c"};
      for (const std::size_t count : counts) {
        inputs.push_back("n" + std::to_string(inputs.size()));
        m.reals(inputs.back(), {static_cast<std::int64_t>(count)}, std::vector<float>(count, 1));
      }
      m.node(op, inputs, "n").node("Mul", {"n", "k"}, "s").node("GlobalAveragePool", {"s"}, "g");
      m.node("Flatten", {"g"}, "y");
    });
  };
  EXPECT_EQ(problem("InstanceNormalization", {2, 2}), "");
  EXPECT_THAT(problem("InstanceNormalization", {2, 0}),
              testing::HasSubstr("has 0 numbers of bias for 2 chan"));
  EXPECT_THAT(problem("InstanceNormalization", {7, 2}), testing::HasSubstr("has 7 numbers of weight for 2"));
  EXPECT_THAT(problem("BatchNormalization", {2, 2, 2, 1}),
              testing::HasSubstr("has 1 numbers for 2 channels"));
  for (const std::size_t count : {1U, 3U, 100'000U})
    EXPECT_THAT(problem_of_made([&](HandMade& m) {
                  m.reals("w", {2, 1, 1, 1}, {1, 2}).reals("k", {1, 2, 1, 1}, {2, 3});
                  m.reals("b", {static_cast<std::int64_t>(count)}, std::vector<float>(count, 1));
                  m.node("Conv", {"x", "w", "b"}, "c").node("Mul", {"c", "k"}, "s");
                  m.node("GlobalAveragePool", {"s"}, "g").node("Flatten", {"g"}, "y");
                }),
                testing::HasSubstr("numbers of bias for 2 channels"));
}

TEST(OnnxPieces, ZerosAroundAValueStayZeros) {
  const auto padded = [](const char* op) {
    return problem_of_made([&](HandMade& m) {
      m.reals("w", {2, 1, 3, 3}, std::vector<float>(18, 1)).reals("k", {1}, {3});
      m.wholes("p", {0, 0, 1, 1, 0, 0, 1, 1}).node("Pad", {"x", "p"}, "a").node(op, {"a", "k"}, "b");
      m.node("Conv", {"b", "w"}, "c").node("GlobalAveragePool", {"c"}, "g").node("Flatten", {"g"}, "y");
    });
  };
  EXPECT_EQ(padded("Mul"), "");
  EXPECT_THAT(padded("Add"), testing::HasSubstr("zeros around it"));
}

TEST(OnnxPieces, ASumOfThreeLosesNone) {
  EXPECT_THAT(problem_of_made([](HandMade& m) {
                m.reals("k", {1}, {3}).node("Flatten", {"x"}, "f").node("Relu", {"f"}, "r");
                m.node("Sum", {"f", "k", "r"}, "y");
              }),
              testing::HasSubstr("adds a constant to several values"));
  EXPECT_THAT(
      problem_of_made([](HandMade& m) { m.node("Flatten", {"x"}, "f").node("Mul", {"f", "f", "f"}, "y"); }),
      testing::HasSubstr("has 3 inputs in place of 2"));
}

TEST(OnnxPieces, ValuesStayWithinWhatCanBeCounted) {
  EXPECT_THAT(problem_of_made([](HandMade& m) {
                m.node("Relu", {"x"}, "a0");
                for (int k = 0; k < 40; ++k)
                  m.node("Concat", {"a" + std::to_string(k), "a" + std::to_string(k)},
                         "a" + std::to_string(k + 1), {HandMade::number("axis", 1)});
                m.node("Flatten", {"a40"}, "y");
              }),
              testing::HasSubstr("which is more than fits here"));
  EXPECT_THAT(problem_of_made([](HandMade& m) {
                m.reals("s", {4}, {1, 1, 64, 64}).node("Relu", {"x"}, "a0");
                for (int k = 0; k < 8; ++k)
                  m.node("Resize", {"a" + std::to_string(k), "", "s"}, "a" + std::to_string(k + 1));
                m.node("Flatten", {"a8"}, "y");
              }),
              testing::HasSubstr("which is more than fits here"));
}

/// A network that doubles a value's channels so often, and then changes each by a number `times` times.
std::string problem_of_doubled(int doublings, int times) {
  return problem_of_made([&](HandMade& m) {
    m.reals("two", {1}, {2}).node("GlobalAveragePool", {"x"}, "a0");
    std::string last = "a0";
    for (int k = 1; k <= doublings; ++k) {
      const std::string next = "a" + std::to_string(k);
      m.node("Concat", {last, last}, next, {HandMade::number("axis", 1)});
      last = next;
    }
    for (int k = 0; k < times; ++k) {
      const std::string n = std::to_string(k);
      m.node("Mul", {last, "two"}, "m" + n).node("Relu", {"m" + n}, "r" + n);
      last = "r" + n;
    }
    m.node("Flatten", {last}, "y");
  });
}

TEST(OnnxPieces, NumbersThatTheFileDoesntHoldAreBounded) {
  EXPECT_EQ(problem_of_doubled(3, 3), "");
  EXPECT_THAT(problem_of_doubled(24, 1),
              testing::HasSubstr("Mul_m0: brings the network's numbers to 67108864"));
  EXPECT_THAT(problem_of_doubled(20, 5),
              testing::HasSubstr("Mul_m4: brings the network's numbers to 20971520"));
  EXPECT_THAT(problem_of_doubled(25, 0), testing::HasSubstr("which is more than fits here"));
}

TEST(OnnxPieces, ClassesAreNoMoreThanCanBeNamed) {
  EXPECT_THAT(problem_of_doubled(20, 0),
              testing::HasSubstr("it tells 1048576 classes; up to 1000000 are read"));
}

}  // namespace
}  // namespace doppel::nn
