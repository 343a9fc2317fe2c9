#include "doppel/nn/zoo.h"

namespace doppel::nn {
namespace {

constexpr ZooEntry kZoo[] = {
    {"small28",
     "conv3x3(16)-bn-relu-pool-[conv3x3(32)-bn-relu]*2-pool-[conv3x3(64)-bn-relu]*2-dropout(0.3)-fc",
     "for 28x28 and 32x32 pictures: minutes on a CPU"},
    {"lenet", "conv5x5(32)-relu-pool-conv5x5(64)-relu-pool-fc(512)-relu-fc",
     "the wide LeNet of many tutorials"},
    {"lenet5", "conv5x5(6)-relu-pool-conv5x5(16,valid)-relu-pool-fc(120)-relu-fc(84)-relu-fc",
     "LeCun's sizes, with ReLU and max pooling"},
    {"vgg_small", "[[conv3x3(64:128:256)-bn-relu]*2-pool]*3-fc(256)-relu-fc", "for 32x32 pictures"},
    {"textbook", "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=2 M=2 K=1 pool=yes",
     "the textbook's pattern"},
};

}  // namespace

std::span<const ZooEntry> zoo() { return kZoo; }

std::string network_of(const std::string& name_or_text) {
  for (const ZooEntry& entry : kZoo)
    if (entry.name == name_or_text) return std::string(entry.text);
  return name_or_text;
}

}  // namespace doppel::nn
