// What is exported, run by OpenCV: an importer and a runtime that we didn't write.
#include "doppel/nn/formats/onnx.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#ifdef DOPPEL_HAS_OPENCV_DNN
#include <opencv2/dnn.hpp>
#endif

#include "doppel/base/files.h"
#include "doppel/base/hash.h"
#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "doppel/nn/train/metrics.h"
#include "doppel/nn/train/multi_label.h"

namespace doppel::nn {
namespace {

#ifdef DOPPEL_HAS_OPENCV_DNN
/// Every number away from its special start.
Model disturbed(const std::string& text, Shape input, int classes) {
  Model model(build_graph(parse_network(text), input, classes), 3);
  for (Parameter& p : model.parameters())
    if (p.kind != Parameter::Kind::Weight)
      for (std::size_t i = 0; i < p.value.size(); ++i)
        p.value[i] +=
            0.2F * static_cast<float>(std::abs(Stream{.seed = fnv1a(p.name)}.split("at", i).normal("v")));
  return model;
}

std::vector<float> by_opencv(const Model& model, const OnnxOptions& options, const std::vector<float>& images,
                             int rows) {
  const auto bytes = to_onnx(model, options);
  cv::dnn::Net net = cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const Shape& in = model.graph().input;
  const int sizes[] = {rows, in.channels, in.height, in.width};
  net.setInput(cv::Mat(4, sizes, CV_32F, const_cast<float*>(images.data())));
  const cv::Mat out = net.forward();
  return {out.ptr<float>(), out.ptr<float>() + out.total()};
}

void expect_same(const std::string& text, Shape input, int rows = 2) {
  SCOPED_TRACE(text);
  constexpr int kClasses = 7;
  Model model = disturbed(text, input, kClasses);
  std::vector<float> images(static_cast<std::size_t>(rows * input.count()));
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(std::sin(double(i) * 0.37) * 2);
  Executor executor(model, {.batch = rows, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
  const auto ours = executor.predict(images, rows);
  float most = 0;
  for (const float v : ours) most = std::max(most, std::abs(v));
  for (const bool fold : {false, true}) {
    const auto theirs = by_opencv(model, {.fold_batch_norm = fold}, images, rows);
    ASSERT_EQ(theirs.size(), ours.size());
    for (std::size_t i = 0; i < ours.size(); ++i)
      ASSERT_NEAR(theirs[i], ours[i], 1e-4F * most) << i << " folded " << fold;
  }
}

TEST(Onnx, OpenCVGivesTheSameLogits) {
  expect_same("conv3x3(8)-relu-pool-conv5x5(12,s2)-lrelu(0.1)-avgpool3x3(s2,p1)-fc(9)-tanh-fc", {1, 28, 28});
  expect_same("conv3x3(8)-bn-relu-conv3x3(8,g8)-bn-sigmoid-conv3x3(6,d2)-maxpool3x3(s2,ceil)-gap-fc",
              {3, 15, 17});
  expect_same(
      "conv3x3(8)-bn-relu-add[conv3x3(8)-bn-relu-conv3x3(8)-bn|]-relu-cat[conv1x1(4)|avgpool3x3(s1,p1,padded)"
      "|"
      "maxpool3x3(s1,p1)]-dropout(0.3)-gap-fc",
      {3, 12, 12});
  expect_same("conv3x3(8)-silu-conv3x3(5,bias)-bn-silu-dropout2d(0.2)-fc", {3, 9, 9});
  expect_same("conv3x3(8)-relu6-conv3x3(5,bias)-hardswish-fc", {3, 9, 9});
  // One row: OpenCV 4.6 reshapes and scales by values that were computed for one only.
  expect_same("conv3x3(8)-mul[|gap-conv1x1(4)-relu-conv1x1(8)-hardsigmoid]-relu-fc", {3, 9, 9}, 1);
  expect_same("conv3x3(8)-add[conv3x3(8)-droppath(0.2)|]-layerscale(0.7)-relu-fc", {3, 9, 9});
  expect_same("conv3x3(8)-cat[chunk(1,2)|chunk(2,2)-conv3x3(depthwise)-bn-relu]-shuffle(2)-conv1x1(6)-fc",
              {3, 9, 9});
  expect_same("conv3x3(8)-groupnorm(2)-relu-fc", {3, 9, 9}, 1);
  expect_same("conv3x3(8)-layernorm-gelu-gap-layernorm-fc", {3, 9, 9}, 1);
  expect_same("conv3x3(8,s2)-relu-deconv4x4(6)-bn-relu-resize(2)-conv3x3(4)-fc", {2, 8, 8});
  expect_same("conv3x3(6,p0x2x1x0)-prelu-resize(2,bilinear)-adaptpool3x4-fc(5)-prelu-fc", {2, 7, 8});
  expect_same("conv3x3(8,s2)-bn-relu-conv1x1(classes)-resize(2,bilinear)", {2, 8, 12});
  expect_same(network_of("unet_small"), {3, 32, 24});
  expect_same("fc(48)-relu-picture2x3-conv3x3(8)-tanh-fc", {2, 4, 4});
  for (const char* name : {"lenet5", "small28", "vgg_small", "resnet18_cifar", "resnet20_cifar"})
    expect_same(network_of(name), {3, 32, 32}, 1);
  for (const char* name : {"resnet18", "resnet50", "googlenet"})
    expect_same(network_of(name), {3, 96, 96}, 1);
  expect_same(network_of("inception_v3"), {3, 299, 299}, 1);
}

TEST(Onnx, OpenCVMakesTheSameImagesOfLatentAndClass) {
  constexpr int kRows = 2, kImageClasses = 3;
  for (const char* preset : {"rpgan", "residual"})
    for (const Shape image : {Shape{1, 28, 28}, Shape{3, 64, 32}}) {
      SCOPED_TRACE(preset);
      const GanOptions options = gan_preset(preset, image);
      const int latent = options.latent;
      const Shape row{latent + kImageClasses, 1, 1};
      Model model = disturbed(options.generator, row, 0);
      std::vector<float> rows, latents, classes;
      const std::vector<float> truncations{0.5F, 9};  // of the first image some are cut
      for (int r = 0; r < kRows; ++r) {
        for (int k = 0; k < latent; ++k)
          latents.push_back(static_cast<float>(std::sin(1.7 * (r * latent + k))));
        for (const float share : {0.25F, r == 0 ? 0.75F : 0.F, r == 0 ? 0.F : 0.75F})
          classes.push_back(share);
        for (int k = latent; k > 0; --k)
          rows.push_back(std::clamp(latents.end()[-k], -truncations[r], truncations[r]));
        rows.insert(rows.end(), classes.end() - kImageClasses, classes.end());
      }
      Executor executor(model, {.batch = kRows, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
      const auto ours = executor.predict(rows, kRows);
      for (const bool fold : {false, true}) {
        const auto bytes = to_onnx(model, {.fold_batch_norm = fold, .latent = latent});
        cv::dnn::Net net =
            cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        net.setInput(cv::Mat(kRows, latent, CV_32F, latents.data()), "latent");
        net.setInput(cv::Mat(kRows, kImageClasses, CV_32F, classes.data()), "class");
        net.setInput(cv::Mat(truncations).reshape(1, kRows), "truncation");
        const cv::Mat theirs = net.forward();
        ASSERT_EQ(theirs.total(), ours.size());
        for (std::size_t i = 0; i < ours.size(); ++i)
          ASSERT_NEAR(theirs.ptr<float>()[i], ours[i], 1e-4F) << i;
      }
    }
}

TEST(Onnx, PreprocessingAndProbabilitiesAreInTheGraph) {
  Model model = disturbed("conv3x3(4)-relu-fc", {3, 6, 6}, 5);
  std::vector<float> levels(108), normalized(108);
  const std::vector<float> mean{0.4F, 0.5F, 0.6F}, std{0.2F, 0.25F, 0.3F};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i] = static_cast<float>(i * 37 % 256);
    normalized[i] = (levels[i] / 255 - mean[i / 36]) / std[i / 36];
  }
  Executor executor(model, {.batch = 1, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
  const auto ours = softmax(executor.predict(normalized, 1));
  const auto theirs = by_opencv(model, {.mean = mean, .std = std, .probabilities = true}, levels, 1);
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(theirs[i], ours[i], 1e-5);
}

TEST(Onnx, IndependentProbabilitiesAreSigmoids) {
  const std::vector<float> image{0.3F, -0.5F, 0.8F, 0.1F};
  for (const char* text : {"fc", "fc-softmax"}) {
    Model model = disturbed(text, {1, 2, 2}, 3);
    Executor executor(model, {.batch = 1, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
    const auto ours = sigmoid(executor.predict(image, 1));
    const auto theirs =
        by_opencv(model, {.probabilities = true, .outputs = dataset::Labels::Independent}, image, 1);
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(theirs[i], ours[i], 1e-5) << text;
  }
}
TEST(Onnx, NumbersAreInTheirOwnUnits) {
  const std::vector<float> image{0.3F, -0.5F, 0.8F, 0.1F};
  Model model = disturbed("fc", {1, 2, 2}, 2);
  Executor executor(model, {.batch = 1, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
  const auto ours = executor.predict(image, 1);
  const auto theirs = by_opencv(model, {.scale = {10, 0.5F}, .shift = {100, -3}}, image, 1);
  EXPECT_NEAR(theirs[0], 10 * ours[0] + 100, 1e-4);
  EXPECT_NEAR(theirs[1], 0.5F * ours[1] - 3, 1e-5);
}
#else
TEST(Onnx, OpenCVGivesTheSameLogits) { GTEST_SKIP() << "libopencv-dnn-dev isn't installed"; }
#endif

/// With DOPPEL_ONNX, files for bench/peers/check_onnx.py.
TEST(Onnx, EveryNetworkOfTheZooIsWritten) {
  const char* folder = std::getenv("DOPPEL_ONNX");
  for (const ZooEntry& entry : zoo()) {
    // VGG's half gigabyte says nothing that its smaller forms don't.
    if (entry.name.starts_with("vgg1") && entry.name != "vgg11_bn") continue;
    // Deeper ones of the same layers, but for who looks at the files.
    if (!folder && (entry.name == "resnet101" || entry.name == "resnet34" || entry.name == "resnet56_cifar"))
      continue;
    const int side = entry.help.find("299") != entry.help.npos   ? 299
                     : entry.help.find("224") != entry.help.npos ? 107
                                                                 : 32;
    const Model model(build_graph(parse_network(std::string(entry.text)), {3, side, side}, 10), 1);
    const auto bytes = to_onnx(model, {.metadata = {{"classes", "[]"}}});
    EXPECT_GT(bytes.size(), static_cast<std::size_t>(model.graph().part().parameters()) * 4);
    if (folder) write_file(std::filesystem::path(folder) / (std::string(entry.name) + ".onnx"), bytes);
  }
}

}  // namespace
}  // namespace doppel::nn
