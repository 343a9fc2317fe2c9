// Weights from other files: what they give, and whose are refused.
#include "doppel/nn/formats/weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

namespace fs = std::filesystem;

std::vector<float> floats_of(const fs::path& path) {
  std::vector<float> floats(fs::file_size(path) / sizeof(float));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(floats.data()),
            static_cast<std::streamsize>(floats.size() * sizeof(float)));
  return floats;
}

void expect_logits(const Graph& graph, const fs::path& folder, const std::string& name) {
  Model model(graph, 1);
  const LoadedWeights loaded = load_weights(folder / (name + ".pth"), model);
  EXPECT_EQ(loaded.tensors, static_cast<int>(model.parameters().size()));
  EXPECT_EQ(loaded.left_out, "");
  Executor executor(model, {.batch = 1, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
  const auto image = floats_of(folder / (name + ".input")), theirs = floats_of(folder / (name + ".logits"));
  const auto ours = executor.predict(image, 1);
  ASSERT_EQ(ours.size(), theirs.size());
  float far = 0, most = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    far = std::max(far, std::abs(ours[i] - theirs[i]));
    most = std::max(most, std::abs(theirs[i]));
  }
  EXPECT_LT(far, 1e-4F * most) << name;
}

const char* const kSmall = "conv3x3(8)-bn-relu-pool-conv3x3(12,s2,p1)-relu-gap-fc(5)";

/// torchvision_weights.py --small made it.
TEST(Weights, OfASmallNetworkFromPyTorchGiveItsLogits) {
  expect_logits(build_graph(parse_network(kSmall), {3, 12, 12}), DOPPEL_NN_DATA, "small");
}

/// torch.save(…, _use_new_zipfile_serialization=False), what PyTorch wrote before 1.6.
TEST(Weights, OfTheOldFormatAreTheSame) {
  const Graph graph = build_graph(parse_network(kSmall), {3, 12, 12});
  Model now(graph, 1), old(graph, 2);
  load_weights(fs::path(DOPPEL_NN_DATA) / "small.pth", now);
  load_weights(fs::path(DOPPEL_NN_DATA) / "small_old.pth", old);
  for (std::size_t i = 0; i < now.parameters().size(); ++i)
    EXPECT_EQ(now.parameters()[i].value, old.parameters()[i].value) << i;
}

TEST(Weights, NaNAndInfiniteOnesAreNamed) {
  const dataset::TemporaryFolder folder;
  Model model(build_graph(parse_network("conv3x3(4)-fc"), {1, 8, 8}, 3), 1);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Model broken = model;
    broken.find("fc1", "weight")->value[5] = bad;
    save_weights(folder.path() / "w.safetensors", broken);
    EXPECT_NE(error_of([&] {
                load_weights(folder.path() / "w.safetensors", model);
              }).find("w.safetensors: fc1.weight holds NaN or infinite values"),
              std::string::npos);
  }
}

TEST(Weights, AnotherNumberOfClassesLeavesTheHeadAsItWas) {
  const Graph graph =
      build_graph(parse_network("conv3x3(8)-bn-relu-pool-conv3x3(12,s2,p1)-relu-gap-fc"), {3, 12, 12}, 7);
  Model model(graph, 1);
  const auto before = model.find("fc1", "weight")->value, first = model.find("conv1", "weight")->value;
  const LoadedWeights loaded = load_weights(fs::path(DOPPEL_NN_DATA) / "small.pth", model);
  EXPECT_EQ(loaded.left_out, "fc1");
  EXPECT_EQ(model.find("fc1", "weight")->value, before);
  EXPECT_NE(model.find("conv1", "weight")->value, first);
}

TEST(Weights, OfAnotherNetworkAreRefusedByName) {
  const auto error = [](const char* text) {
    return error_of([&] {
      Model model(build_graph(parse_network(text), {3, 12, 12}), 1);
      load_weights(fs::path(DOPPEL_NN_DATA) / "small.pth", model);
    });
  };
  EXPECT_NE(error("conv3x3(9)-bn-relu-gap-fc(5)")
                .find("0.weight is 8x3x3x3, but the network's conv1.weight is 9x3x3x3"),
            std::string::npos);
  EXPECT_NE(error("conv3x3(8)-relu-gap-fc(5)").find("has 1.weight where the network has conv1.bias"),
            std::string::npos);
  EXPECT_NE(error("conv3x3(8)-bn-relu-pool-conv3x3(12,s2,p1)-gap-fc(5)-relu-fc(5)")
                .find("it belongs to another network"),
            std::string::npos);
}

TEST(Weights, LayersThatTheNetworkHasNoPlaceForAreNamed) {
  Model model(build_graph(parse_network("conv3x3(8)-bn"), {3, 12, 12}), 1);
  EXPECT_NE(error_of([&] {
              load_weights(fs::path(DOPPEL_NN_DATA) / "small.pth", model);
            }).find("goes on with 4.weight where the network ends"),
            std::string::npos);
}

/// bench/peers/torchvision_weights.py writes the folder.
TEST(Weights, TravelInSafetensorsByTorchvisionsNames) {
  const dataset::TemporaryFolder folder;
  for (const ZooEntry& entry : zoo()) {
    if (entry.modules.empty()) continue;
    // As many names as layers, each its own.
    const int side = entry.help.find("299") != entry.help.npos ? 299 : 107;
    Model model(build_graph(parse_network(std::string(entry.text)), {3, side, side}, 10));
    const auto names = torchvision_names(model);
    ASSERT_EQ(names.size(), model.parameters().size()) << entry.name;
    EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size()) << entry.name;
    std::istringstream modules{std::string(entry.modules)};
    std::string word, last;
    while (modules >> word) last = word;
    EXPECT_EQ(names.back(), last + ".bias") << entry.name;
  }
  const Graph graph = build_graph(parse_network(network_of("resnet18")), {3, 64, 64}, 10);
  Model model(graph, 1), other(graph, 2);
  EXPECT_EQ(torchvision_names(model)[0], "conv1.weight");
  EXPECT_EQ(torchvision_names(model)[5], "layer1.0.conv1.weight");
  save_weights(folder.path() / "w.safetensors", model);
  EXPECT_TRUE(load_tensors(folder.path() / "w.safetensors").tensors.contains("layer2.0.downsample.0.weight"));
  load_weights(folder.path() / "w.safetensors", other);
  for (std::size_t i = 0; i < model.parameters().size(); ++i)
    ASSERT_EQ(model.parameters()[i].value, other.parameters()[i].value) << i;
  Model foreign(build_graph(parse_network("conv3x3(8)-fc"), {3, 8, 8}, 10), 1);
  EXPECT_THROW(load_weights(folder.path() / "w.safetensors", foreign), Error);
}

TEST(Weights, ComeByTimmsNames) {
  const dataset::TemporaryFolder folder;
  int networks = 0;
  for (const ZooEntry& entry : zoo()) {
    if (entry.timm.empty()) continue;
    ++networks;
    const Graph graph = build_graph(parse_network(std::string(entry.text)), {3, 64, 64}, 3);
    Model model(graph, 1), other(graph, 2);
    const auto names = timm_names(model);
    ASSERT_EQ(names.size(), model.parameters().size()) << entry.name;
    EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size()) << entry.name;
    TensorFile file;
    for (std::size_t i = 0; i < names.size(); ++i)
      file.tensors[names[i]] = {model.parameters()[i].shape, model.parameters()[i].value};
    // timm has a convolution where the network has a layer of all features.
    if (const auto head = file.tensors.find("conv_head.weight"); head != file.tensors.end())
      head->second.shape.resize(4, 1);
    save_tensors(folder.path() / "w.safetensors", file);
    EXPECT_EQ(load_weights(folder.path() / "w.safetensors", other).tensors, static_cast<int>(names.size()));
    for (std::size_t i = 0; i < names.size(); ++i)
      ASSERT_EQ(model.parameters()[i].value, other.parameters()[i].value) << entry.name << ' ' << names[i];
  }
  EXPECT_EQ(networks, 5);
}

TEST(Weights, HeadsAtTheSideMayBeMissing) {
  const dataset::TemporaryFolder folder;
  const auto graph = [](const char* text) { return build_graph(parse_network(text), {1, 8, 8}, 3); };
  // What comes after the head at the side has another number, so only the first layers' names are the same.
  Model with(graph("conv3x3(4)-bn-relu-side[gap-fc]-gap-fc"), 1), again(with.graph(), 2),
      other(build_graph(with.graph().network, {1, 8, 8}, 5), 3);
  save_weights(folder.path() / "w.safetensors", with);
  EXPECT_EQ(load_weights(folder.path() / "w.safetensors", again).drawn, 0);
  for (std::size_t i = 0; i < with.parameters().size(); ++i)
    EXPECT_EQ(with.parameters()[i].value, again.parameters()[i].value);
  // Both heads are new for other classes.
  EXPECT_EQ(load_weights(folder.path() / "w.safetensors", other).left_out, "fc2");
  EXPECT_EQ(other.find("conv1", "weight")->value, with.find("conv1", "weight")->value);
  TensorFile file = load_tensors(folder.path() / "w.safetensors");
  std::erase_if(file.tensors, [](const auto& t) { return t.first.starts_with("fc1."); });
  save_tensors(folder.path() / "v.safetensors", file);
  EXPECT_EQ(load_weights(folder.path() / "v.safetensors", again).drawn, 2);
}

TEST(Weights, LogitsAreTorchvisions) {
  const char* folder = std::getenv("DOPPEL_TORCHVISION");
  if (!folder) GTEST_SKIP() << "DOPPEL_TORCHVISION names no folder of bench/peers/torchvision_weights.py";
  for (const std::string name :
       {"mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0", "densenet121",
        "convnext_tiny", "regnet_y_400mf", "shufflenet_v2_x1_0", "vgg16", "vgg11_bn", "resnet18", "resnet50",
        "googlenet", "inception_v3"}) {
    const int side = name == "inception_v3" ? 299 : 224;
    expect_logits(build_graph(parse_network(network_of(name)), {3, side, side}, 1000), folder, name);
  }
}

}  // namespace
}  // namespace doppel::nn
