#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "nn/formats/onnx/hand_made.h"

namespace doppel::nn {
namespace {

/// Of a picture of two numbers, times a matrix that `between` makes t of m.
std::vector<float> times_matrix(std::vector<float> matrix, std::vector<std::int64_t> sides, auto between) {
  return logits_of_made(
      [&](HandMade& m) {
        m.reals("m", std::move(sides), matrix).node("Flatten", {"x"}, "f");
        between(m);
        m.node("MatMul", {"f", "t"}, "y");
      },
      {-1, 1, 1, 2});
}

TEST(OnnxConstants, WeightsAreTransposedAsTheirPermSays) {
  const auto by = [](std::vector<Message> perm) {
    return [perm](HandMade& m) { m.node("Transpose", {"m"}, "t", perm); };
  };
  const std::vector<float> kept{1 * 1 + 2 * 3, 1 * 2 + 2 * 4}, turned{1 * 1 + 2 * 2, 1 * 3 + 2 * 4};
  EXPECT_EQ(times_matrix({1, 2, 3, 4}, {2, 2}, by({HandMade::ints("perm", {0, 1})})), kept);
  EXPECT_EQ(times_matrix({1, 2, 3, 4}, {2, 2}, by({HandMade::ints("perm", {1, 0})})), turned);
  EXPECT_EQ(times_matrix({1, 2, 3, 4}, {2, 2}, by({})), turned);
  EXPECT_EQ(times_matrix({1, 2, 3, 4, 5, 6}, {3, 2}, by({})),
            (std::vector<float>{1 * 1 + 2 * 2, 1 * 3 + 2 * 4, 1 * 5 + 2 * 6}));
  EXPECT_THAT(
      problem_of_made([](HandMade& m) {
        m.reals("m", {2, 2}, {1, 2, 3, 4}).node("Flatten", {"x"}, "f");
        m.node("Transpose", {"m"}, "t", {HandMade::ints("perm", {0, 2})}).node("MatMul", {"f", "t"}, "y");
      }),
      testing::HasSubstr("its perm is no order of 2 sides"));
}

TEST(OnnxConstants, FiltersAreTransposed) {
  // From [rows, columns, channels, filters], as TensorFlow has them: number 100 f + 10 r + c.
  std::vector<float> theirs;
  for (int r = 0; r < 2; ++r)
    for (int c = 0; c < 2; ++c)
      for (int f = 0; f < 3; ++f) theirs.push_back(static_cast<float>(100 * f + 10 * r + c));
  const std::vector<float> logits = logits_of_made(
      [&](HandMade& m) {
        m.reals("m", {2, 2, 1, 3}, theirs);
        m.node("Transpose", {"m"}, "w", {HandMade::ints("perm", {3, 2, 0, 1})}).node("Conv", {"x", "w"}, "c");
        m.node("Flatten", {"c"}, "y");
      },
      {-1, 1, 2, 2});
  for (int f = 0; f < 3; ++f)
    EXPECT_FLOAT_EQ(logits[static_cast<std::size_t>(f)],
                    static_cast<float>(1000 * f + 2 * 1 + 3 * 10 + 4 * 11));
}

/// Flattens by sides that `work` makes of the image's, s.
std::string sides_problem(auto work) {
  return problem_of_made([&](HandMade& m) {
    m.node("Shape", {"x"}, "s");
    work(m);
    m.node("Reshape", {"x", "to"}, "y");
  });
}

TEST(OnnxConstants, AnInputThatIsLeftOutShiftsNone) {
  // The image's sides are [N, 1, 4, 4].
  const auto sliced = [](std::vector<std::string> more, std::int64_t step) {
    return sides_problem([&](HandMade& m) {
      m.wholes("first", {0}).wholes("last", {1}).wholes("step", {step}).wholes("rest", {-1});
      std::vector<std::string> inputs{"s", "first", "last"};
      inputs.insert(inputs.end(), more.begin(), more.end());
      m.node("Slice", inputs, "n").node("Concat", {"n", "rest"}, "to", {HandMade::number("axis", 0)});
    });
  };
  EXPECT_EQ(sliced({}, 1), "");
  EXPECT_EQ(sliced({"", "step"}, 1), "");
  EXPECT_EQ(sliced({"first", "step"}, 1), "");
  EXPECT_NE(sliced({"", "step"}, 2), "");
  EXPECT_NE(sliced({"last"}, 1), "");  // axis 1 of a list
}

TEST(OnnxConstants, ShapesMayBeAskedForInPart) {
  const auto flat = [](std::vector<Message> part) {
    return sides_problem([&](HandMade& m) {
      m.wholes("rest", {-1}).node("Shape", {"x"}, "some", part);
      m.node("Concat", {"some", "rest"}, "to", {HandMade::number("axis", 0)});
    });
  };
  EXPECT_EQ(flat({HandMade::number("end", 1)}), "");
  EXPECT_EQ(flat({HandMade::number("start", -4), HandMade::number("end", -3)}), "");
  EXPECT_NE(flat({HandMade::number("start", 3)}), "");  // [4, -1]
  EXPECT_NE(flat({HandMade::number("start", 3), HandMade::number("end", 2)}), "");
}

TEST(OnnxConstants, SidesThatCantBeAreNamed) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  const auto worked_out = [](const char* op, std::vector<std::int64_t> a, std::vector<std::int64_t> b) {
    return problem_of_made([&](HandMade& m) {
      m.wholes("a", a).wholes("b", b).node(op, {"a", "b"}, "q").node("Flatten", {"x"}, "y");
    });
  };
  EXPECT_EQ(worked_out("Div", {7}, {-1}), "");
  for (const char* op : {"Div", "Mul", "Add", "Sub"}) {
    EXPECT_THAT(worked_out(op, {kLeast}, {-1}), testing::HasSubstr("has sides that can't be")) << op;
    EXPECT_THAT(worked_out(op, {-1}, {kLeast}), testing::HasSubstr("has sides that can't be")) << op;
  }
  EXPECT_THAT(worked_out("Div", {1}, {0}), testing::HasSubstr("has sides that can't be"));
  EXPECT_NE(worked_out("Add", {1, 2, 3}, {1, 2}), "");
  EXPECT_THAT(worked_out("Gather", {1, 2}, {2}), testing::HasSubstr("an index outside its list"));
}

TEST(OnnxConstants, WhatIsWorkedOutStaysNearWhatTheFileHolds) {
  EXPECT_THAT(problem_of_made([](HandMade& m) {
                m.wholes("a0", {1, 2}).node("Flatten", {"x"}, "y");
                for (int k = 0; k < 60; ++k) {
                  const std::string a = "a" + std::to_string(k);
                  m.node("Concat", {a, a}, "a" + std::to_string(k + 1), {HandMade::number("axis", 0)});
                }
              }),
              testing::HasSubstr("works out too many numbers"));
  EXPECT_THAT(problem_of_made([](HandMade& m) {
                m.reals("a0", {100'000}, std::vector<float>(100'000, 1)).node("Flatten", {"x"}, "y");
                for (int k = 0; k < 30; ++k)
                  m.node("Identity", {"a" + std::to_string(k)}, "a" + std::to_string(k + 1));
              }),
              testing::HasSubstr("works out too many numbers"));
}

}  // namespace
}  // namespace doppel::nn
