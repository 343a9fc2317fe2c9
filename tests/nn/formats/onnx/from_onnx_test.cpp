#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/formats/onnx.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "error_of.h"
#include "nn/formats/onnx/hand_made.h"

namespace doppel::nn {
namespace {

std::vector<float> logits_of(Model& model, float scale = 1, float shift = 0) {
  const Shape& in = model.graph().input;
  std::vector<float> images(static_cast<std::size_t>(in.count()));
  const Stream stream{.seed = 4};
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(stream.normal(std::to_string(i))) * scale + shift;
  Executor executor(model, {.batch = 1, .shards = 2, .mode = ExecutorOptions::Mode::Inference});
  const auto logits = executor.predict(images, 1);
  return {logits.begin(), logits.end()};
}

void expect_same_logits(Model& a, Model& b, const std::string& what) {
  const std::vector<float> x = logits_of(a), y = logits_of(b);
  ASSERT_EQ(x.size(), y.size()) << what;
  double most = 1e-3;
  for (const float v : x) most = std::max(most, std::abs(static_cast<double>(v)));
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 1e-4 * most) << what << ' ' << i;
}

/// With statistics, scales and shifts that tell whether they arrived.
Model drawn(const std::string& network, const Shape& input, int classes) {
  Model model(build_graph(parse_network(network), input, classes), 7);
  const Stream stream{.seed = 9};
  for (Parameter& p : model.parameters())
    if (p.kind != Parameter::Kind::Weight)
      for (std::size_t i = 0; i < p.value.size(); ++i) {
        const double u = stream.uniform(p.name + std::to_string(i));
        p.value[i] = static_cast<float>(
            p.name.ends_with("running_var") || p.name.ends_with("weight") ? 0.7 + 0.6 * u : 0.2 * u - 0.1);
      }
  return model;
}

TEST(FromOnnx, ReadsNetworksOfTheZooBack) {
  int read = 0;
  for (const ZooEntry& entry : zoo()) {
    const std::string name(entry.name);
    const int side = name.starts_with("lenet") || name == "airbench" ? 32 : 64;
    const Shape input{3, side, side};
    Graph graph;
    try {
      graph = build_graph(parse_network(std::string(entry.text)), input, 10);
    } catch (const UsageError&) { continue; }  // made for other sizes
    if (graph.parameters() > 12'000'000 || !graph.output().flat) continue;
    Model model = drawn(std::string(entry.text), input, 10);
    OnnxNetwork found;
    ASSERT_NO_THROW(found = from_onnx(to_onnx(model, {.fold_batch_norm = name == "resnet18_cifar"}))) << name;
    EXPECT_EQ(found.model->graph().input, input);
    expect_same_logits(model, *found.model, name);
    ++read;
  }
  EXPECT_GT(read, 8);
}

TEST(FromOnnx, ReadsNetworksForMasksBack) {
  for (const char* text : {"unet_small", "conv3x3(6,s2)-bn-relu-conv3x3(classes)-resize(2,bilinear)",
                           "conv3x3(8)-relu-cat[|pool-conv3x3(16)-relu-resize(2)]-conv1x1(classes)"}) {
    const std::string network = network_of(text);
    Model model = drawn(network, {3, 32, 48}, 5);
    for (const OnnxOptions& options :
         {OnnxOptions{}, OnnxOptions{.fold_batch_norm = true}, OnnxOptions{.probabilities = true}}) {
      OnnxNetwork found;
      ASSERT_NO_THROW(found = from_onnx(to_onnx(model, options))) << text;
      EXPECT_TRUE(found.masks);
      EXPECT_TRUE(gives_masks(parse_network(found.network))) << found.network;
      ASSERT_EQ(found.model->graph().output(), model.graph().output()) << text;
      const std::vector<float> x = logits_of(model), y = logits_of(*found.model);
      for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_NEAR(x[i], y[i], 1e-5 * std::max(1.F, std::abs(x[i]))) << text << ' ' << i;
      // Another count of classes is learned by the same network.
      EXPECT_EQ(build_graph(parse_network(found.network), {3, 32, 48}, 3).output().channels, 3);
    }
  }
}

TEST(FromOnnx, WhatMakesNoMasksIsNamed) {
  const auto problem = [](const char* text) {
    Model model = drawn(text, {3, 16, 16}, 0);
    return error_of([&] { from_onnx(to_onnx(model)); });
  };
  EXPECT_EQ(problem("conv3x3(4)-relu-conv1x1(3)-sigmoid"),
            "it ends in a sigmoid of each pixel, but classes of masks exclude each other");
  EXPECT_EQ(problem("conv3x3(4)-relu"),
            "it gives 4x16x16, but masks come from a convolution at the end, or before enlarging");
  EXPECT_EQ(problem("conv3x3(4)-relu-conv1x1(1)"),
            "it gives one number for each pixel, but masks take two classes or more");
}

TEST(FromOnnx, ReadsEveryKindOfLayerBack) {
  for (const char* text :
       {"conv3x3(8,s2,p1x0x0x1)-prelu-maxpool3x3(s2,p1)-avgpool2x2-fc",
        "conv3x3(8,d2,same)-lrelu(0.2)-avgpool3x3(s1,p1,padded)-gap-fc(7)-tanh-fc",
        "conv3x3(8)-groupnorm(4)-gelu-conv1x1(12,g4)-shuffle(3)-sigmoid-gap-fc",
        "conv3x3(8)-layernorm-relu6-layerscale(0.5)-conv1x1(8)-hardswish-gap-fc-layernorm-fc",
        "conv4x4(8,s4,valid)-mul[|gap-conv1x1(8)-hardsigmoid]-add[chunk(1,2)|chunk(2,2)|conv1x1(4)]-gap-fc",
        "conv3x3(4)-relu-cat[conv1x1(2)|cat[|conv3x3(3)]]-resize(2)-deconv4x4(3,s2,p1)-adaptpool8x8-fc",
        "conv3x3(4)-silu-resize(2,bilinear)-dropout(0.3)-maxpool2x2(s2,ceil)-flatten-fc(9)-relu-fc"}) {
    Model model = drawn(text, {3, 16, 16}, 5);
    OnnxNetwork found;
    ASSERT_NO_THROW(found = from_onnx(to_onnx(model))) << text;
    expect_same_logits(model, *found.model, text);
  }
}

TEST(FromOnnx, TakesNormalisationAndProbabilitiesOff) {
  Model model = drawn("conv3x3(4)-relu-gap-fc", {3, 8, 8}, 4);
  OnnxOptions options{.mean = {0.1F, 0.2F, 0.3F}, .std = {0.5F, 0.25F, 1}, .probabilities = true};
  OnnxNetwork found = from_onnx(to_onnx(model, options));
  expect_same_logits(model, *found.model, found.network);
  ASSERT_EQ(found.mean.size(), 3);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(found.mean[c], options.mean[c] * 255, 1e-3);
    EXPECT_NEAR(found.std[c], options.std[c] * 255, 1e-3);
  }
  EXPECT_EQ(found.outputs, dataset::Labels::Exclusive);
  options.outputs = dataset::Labels::Independent;
  EXPECT_EQ(from_onnx(to_onnx(model, options)).outputs, dataset::Labels::Independent);
  // The last layer's size is that of the classes.
  EXPECT_TRUE(found.network.ends_with("-fc")) << found.network;
}

TEST(FromOnnx, ChannelsMayComeLast) {
  // A picture of 2 channels and 2x2 pixels goes to a vector, pixel by pixel, and to a product with one
  // number in one place.
  std::vector<float> product(8 * 2, 0.F);
  product[5 * 2 + 1] = 3;  // pixel 2, channel 1
  HandMade made;
  made.reals("w", {2, 2, 1, 1}, {1, 0, 0, 1}).reals("m", {8, 2}, product).wholes("to", {-1, 8});
  made.node("Transpose", {"x"}, "front", {HandMade::ints("perm", {0, 3, 1, 2})})
      .node("Conv", {"front", "w"}, "c", {HandMade::ints("kernel_shape", {1, 1})})
      .node("Transpose", {"c"}, "back", {HandMade::ints("perm", {0, 2, 3, 1})})
      .node("Reshape", {"back", "to"}, "flat")
      .node("MatMul", {"flat", "m"}, "y");
  OnnxNetwork found = from_onnx(made.file({-1, 2, 2, 2}, "y"));
  EXPECT_EQ(found.network, "conv1x1(2,valid,nobias)-flatten-fc");
  Executor executor(*found.model, {.batch = 1, .mode = ExecutorOptions::Mode::Inference});
  // [C, H, W]: channel 1's pixel 2.
  const std::vector<float> image{0, 1, 2, 3, 10, 11, 12, 13};
  const auto logits = executor.predict(image, 1);
  EXPECT_FLOAT_EQ(logits[0], 0);
  EXPECT_FLOAT_EQ(logits[1], 36);
}

TEST(FromOnnx, ShapesThatTheGraphWorksOutAreFollowed) {
  HandMade made;
  made.reals("w", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}).wholes("zero", {0}).wholes("rest", {-1});
  made.node("Shape", {"x"}, "s")
      .node("Gather", {"s", "zero"}, "n")
      .node("Concat", {"n", "rest"}, "sides",
            {Message().text(kAttributeName, "axis").integer(kInt, 0).integer(kType, 2)})
      .node("Reshape", {"x", "sides"}, "flat")
      .node("Gemm", {"flat", "w"}, "y",
            {Message().text(kAttributeName, "transB").integer(kInt, 1).integer(kType, 2)});
  OnnxNetwork found = from_onnx(made.file({-1, 1, 2, 2}, "y"));
  EXPECT_EQ(found.network, "flatten-fc");
  Executor executor(*found.model, {.batch = 1, .mode = ExecutorOptions::Mode::Inference});
  EXPECT_FLOAT_EQ(executor.predict(std::vector<float>{1, 1, 1, 1}, 1)[1], 26);
}

TEST(FromOnnx, DenseBlocksGoOnFromWhatIsJoined) {
  Model model = drawn("conv1x1(4)-cat[|conv3x3(2)-relu]-cat[|conv3x3(2)-relu]-gap-fc", {3, 8, 8}, 3);
  // As torchvision writes it: each layer joins all values before it anew.
  const auto number = [&](const char* node, const char* which) { return model.find(node, which)->value; };
  HandMade made;
  const auto conv = [&](const char* name, int in, int out, int k, const char* from, const char* to) {
    made.reals(std::string(name) + "w", {out, in, k, k}, number(name, "weight"))
        .reals(std::string(name) + "b", {out}, number(name, "bias"))
        .node("Conv", {from, std::string(name) + "w", std::string(name) + "b"}, to,
              {HandMade::ints("kernel_shape", {k, k}), HandMade::ints("pads", {k / 2, k / 2, k / 2, k / 2})});
  };
  const auto axis = [] { return Message().text(kAttributeName, "axis").integer(kInt, 1).integer(kType, 2); };
  conv("conv1", 3, 4, 1, "x", "a");
  conv("conv2", 4, 2, 3, "a", "b0");
  made.node("Relu", {"b0"}, "b").node("Concat", {"a", "b"}, "ab", {axis()});
  conv("conv3", 6, 2, 3, "ab", "c0");
  made.node("Relu", {"c0"}, "c").node("Concat", {"a", "b", "c"}, "abc", {axis()});
  made.node("GlobalAveragePool", {"abc"}, "g").node("Flatten", {"g"}, "f");
  made.reals("w", {3, 8}, number("fc1", "weight")).reals("b", {3}, number("fc1", "bias"));
  made.node("Gemm", {"f", "w", "b"}, "y",
            {Message().text(kAttributeName, "transB").integer(kInt, 1).integer(kType, 2)});
  OnnxNetwork found = from_onnx(made.file({-1, 3, 8, 8}, "y"));
  expect_same_logits(model, *found.model, found.network);
}

TEST(FromOnnx, JoinsMayBeWrittenFlat) {
  // As PyTorch's exporter writes a join within a join, and sums of sums.
  Model model = drawn("conv1x1(4)-cat[conv1x1(2)|relu-cat[tanh|conv1x1(3)]|sigmoid]-gap-fc", {3, 8, 8}, 3);
  const auto number = [&](const char* node, const char* which) { return model.find(node, which)->value; };
  HandMade made;
  const auto conv = [&](const char* name, int in, int out, const char* from, const char* to) {
    made.reals(std::string(name) + "w", {out, in, 1, 1}, number(name, "weight"))
        .reals(std::string(name) + "b", {out}, number(name, "bias"))
        .node("Conv", {from, std::string(name) + "w", std::string(name) + "b"}, to,
              {HandMade::ints("kernel_shape", {1, 1})});
  };
  conv("conv1", 3, 4, "x", "a");
  conv("conv2", 4, 2, "a", "b");
  made.node("Relu", {"a"}, "r").node("Tanh", {"r"}, "t").node("Sigmoid", {"a"}, "s");
  conv("conv3", 4, 3, "r", "c");
  made.node("Concat", {"b", "t", "c", "s"}, "joined",
            {Message().text(kAttributeName, "axis").integer(kInt, 1).integer(kType, 2)});
  made.node("GlobalAveragePool", {"joined"}, "g").node("Flatten", {"g"}, "f");
  made.reals("w", {3, 13}, number("fc1", "weight")).reals("b", {3}, number("fc1", "bias"));
  made.node("Gemm", {"f", "w", "b"}, "y",
            {Message().text(kAttributeName, "transB").integer(kInt, 1).integer(kType, 2)});
  OnnxNetwork found = from_onnx(made.file({-1, 3, 8, 8}, "y"));
  expect_same_logits(model, *found.model, found.network);
}

TEST(FromOnnx, FurtherOutputsAreNamed) {
  HandMade made;
  made.reals("w", {1, 2, 1, 1}, {1, 2}).reals("v", {2, 1, 1, 1}, {1, 2});
  made.node("Conv", {"x", "v"}, "a").node("GlobalAveragePool", {"a"}, "b").node("Flatten", {"b"}, "y");
  made.node("Conv", {"a", "w"}, "heat");
  HandMade one = made;
  EXPECT_TRUE(from_onnx(one.file({-1, 1, 4, 4}, "y")).other_outputs.empty());
  const std::vector<unsigned char> first = made.file({-1, 1, 4, 4}, "y");
  made.graph.message(kOutput, HandMade::value("heat", {-1, 1, 4, 4}));
  const std::string bytes = Message().integer(kIrVersion, 8).message(kGraph, made.graph).bytes();
  EXPECT_EQ(from_onnx({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()}).other_outputs,
            std::vector<std::string>{"heat"});
}

TEST(FromOnnx, WhatNoLayerDoesIsNamed) {
  const auto error = [](auto make, std::initializer_list<std::int64_t> input = {-1, 1, 4, 4}) {
    HandMade made;
    make(made);
    const std::vector<unsigned char> bytes = made.file(input, "y");
    return error_of([&] { from_onnx(bytes); });
  };
  EXPECT_EQ(error([](HandMade& m) { m.node("Softplus", {"x"}, "y"); }),
            "Softplus Softplus_y: no layer does what this operator does");
  EXPECT_EQ(error([](HandMade& m) { m.node("Relu", {"z"}, "y"); }),
            "Relu Relu_y: reads z, which nothing gives");
  EXPECT_EQ(error([](HandMade& m) { m.node("Relu", {"x"}, "z"); }), "nothing gives its output y");
  EXPECT_EQ(error([](HandMade& m) { m.node("Relu", {"x"}, "y"); }),
            "it gives one number for each pixel, but masks take two classes or more");
  EXPECT_EQ(
      error([](HandMade& m) {
        m.node("MaxPool", {"x"}, "y",
               {HandMade::ints("kernel_shape", {2, 2}), HandMade::ints("strides", {2, 2})});
      }),
      "it gives 1x2x2 of images of 1x4x4, not a number for each class, or one for each class and pixel");
  EXPECT_EQ(error([](HandMade& m) { m.node("Relu", {"x"}, "y"); }, {-1, 16}),
            "its input x is no image: it has 2 sides");
  EXPECT_THAT(error([](HandMade& m) {
                m.reals("w", {2, 1, 3, 3}, std::vector<float>(18, 1));
                m.node("Conv", {"x", "w"}, "y", {HandMade::ints("strides", {2, 1})});
              }),
              testing::HasSubstr("its strides aren't alike both ways"));
  EXPECT_THAT(error([](HandMade& m) {
                m.reals("w", {2, 3, 3, 3}, std::vector<float>(54, 1));
                m.node("Conv", {"x", "w"}, "y");
              }),
              testing::HasSubstr("its filters see 3 channels of 1"));
  EXPECT_THAT(error([](HandMade& m) {
                m.reals("w", {2, 16}, std::vector<float>(32, NAN)).node("Flatten", {"x"}, "f");
                m.node("Gemm", {"f", "w"}, "y",
                       {Message().text(kAttributeName, "transB").integer(kInt, 1).integer(kType, 2)});
              }),
              testing::HasSubstr("hold NaN or infinite values"));
  EXPECT_THAT(error([](HandMade& m) {
                m.reals("w", {4}, {1, 2});
                m.node("Relu", {"x"}, "y");
              }),
              testing::HasSubstr("w has 2 numbers in place of 4"));
  // Two ways that part and meet across others.
  EXPECT_THAT(error([](HandMade& m) {
                m.node("Relu", {"x"}, "a").node("Tanh", {"x"}, "b").node("Add", {"a", "b"}, "c");
                m.node("Mul", {"a", "b"}, "d").node("Add", {"c", "d"}, "e").node("Flatten", {"e"}, "y");
              }),
              testing::HasSubstr("part and meet across others"));
}

TEST(FromOnnx, ASoftmaxIsOverChannels) {
  const auto over = [](std::int64_t axis) {
    return problem_of_made([&](HandMade& m) {
      m.node("Flatten", {"x"}, "f").node("Softmax", {"f"}, "y", {HandMade::number("axis", axis)});
    });
  };
  EXPECT_EQ(over(1), "");
  EXPECT_EQ(over(-1), "");
  EXPECT_THAT(over(0), testing::HasSubstr("is taken over something else than channels"));
}

TEST(FromOnnx, GroupsAreThoseOfTheirSides) {
  const auto shuffled = [](std::vector<std::int64_t> split) {
    return problem_of_made(
        [&](HandMade& m) {
          m.wholes("split", split).wholes("back", {-1, 4, 2, 2}).node("Reshape", {"x", "split"}, "a");
          m.node("Transpose", {"a"}, "b", {HandMade::ints("perm", {0, 2, 1, 3, 4})});
          m.node("Reshape", {"b", "back"}, "c").node("GlobalAveragePool", {"c"}, "g");
          m.node("Flatten", {"g"}, "y");
        },
        {-1, 4, 2, 2});
  };
  EXPECT_EQ(shuffled({-1, 2, 2, 2, 2}), "");
  EXPECT_THAT(shuffled({-1, 2, 4, 1, 2}), testing::HasSubstr("which no layer does"));
}

TEST(FromOnnx, AVectorIsOfOneImage) {
  const auto flattened = [](std::vector<std::int64_t> to) {
    return problem_of_made([&](HandMade& m) { m.wholes("to", to).node("Reshape", {"x", "to"}, "y"); });
  };
  EXPECT_EQ(flattened({-1, 16}), "");
  EXPECT_EQ(flattened({0, -1}), "");
  EXPECT_EQ(flattened({1, -1}), "");
  EXPECT_THAT(flattened({4, -1}), testing::HasSubstr("gives sides that no layer does"));
}

TEST(FromOnnx, ANodeGivesSomething) {
  for (const char* op : {"Identity", "Split", "Shape", "Relu", "Constant"})
    EXPECT_EQ(problem_of_made([&](HandMade& m) { m.without_output(op, "x").node("Flatten", {"x"}, "y"); }),
              std::string(op) + " " + op + ": it gives nothing");
}

TEST(FromOnnx, BranchesWithinBranchesHaveAnEnd) {
  const auto nested = [](int times) {
    return problem_of_made([&](HandMade& m) {
      m.node("Relu", {"x"}, "c").node("Relu", {"c"}, "n0");
      for (int k = 0; k < times; ++k) {
        const std::string at = std::to_string(k);
        m.node("Relu", {"n" + at}, "m" + at).node("Add", {"c", "m" + at}, "n" + std::to_string(k + 1));
      }
      m.node("Flatten", {"n" + std::to_string(times)}, "y");
    });
  };
  EXPECT_EQ(nested(90), "");
  EXPECT_THAT(nested(20'000), testing::HasSubstr("part within each other more than 100 times"));
}

/// bench/peers/onnx_networks.py makes the files.
TEST(FromOnnx, LogitsAreTheirs) {
  const char* const folder = std::getenv("DOPPEL_ONNX");
  if (!folder) GTEST_SKIP() << "no DOPPEL_ONNX: a folder of networks and their logits";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".onnx") continue;
    OnnxNetwork found = from_onnx(read_file(entry.path().string()));
    std::vector<float> image(static_cast<std::size_t>(found.model->graph().input.count()));
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = std::sin(static_cast<float>(i) * 0.01F);
    Executor executor(*found.model, {.batch = 1, .shards = 2, .mode = ExecutorOptions::Mode::Inference});
    const auto logits = executor.predict(image, 1);
    std::ifstream text(std::filesystem::path(entry.path()).replace_extension(".txt"));
    std::vector<double> theirs(logits.size());
    for (double& v : theirs) text >> v;
    const double most = std::abs(*std::ranges::max_element(theirs, {}, [](double v) { return std::abs(v); }));
    for (std::size_t i = 0; i < theirs.size(); ++i)
      EXPECT_NEAR(static_cast<double>(logits[i]), theirs[i], 1e-4 * most) << entry.path();
  }
}

TEST(FromOnnx, DamagedFilesAreRefused) {
  const std::vector<unsigned char> whole =
      to_onnx(drawn("conv3x3(4)-bn-relu-add[conv3x3(4)|]-gap-fc", {1, 8, 8}, 3));
  EXPECT_NO_THROW(from_onnx(whole));
  EXPECT_EQ(error_of([] { from_onnx({}); }), "it is no ONNX");
  for (std::size_t size = 1; size < whole.size(); size += 7)
    EXPECT_THROW(from_onnx(std::span(whole).first(size)), Error) << size;
  // A byte that differs gives an error, or a network.
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::vector<unsigned char> other = whole;
    other[at] ^= 0x55;
    try {
      from_onnx(other);
    } catch (const Error&) {}
  }
}

}  // namespace
}  // namespace doppel::nn
