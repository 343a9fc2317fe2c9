#include "doppel/nn/model/zoo.h"

#include <gtest/gtest.h>

#include <set>

#include "doppel/nn/model/graph.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

TEST(Zoo, EveryNetworkFitsImagesOfItsSize) {
  for (const ZooEntry& entry : zoo()) {
    const int side = entry.help.find("224") != entry.help.npos   ? 224
                     : entry.help.find("299") != entry.help.npos ? 299
                                                                 : 32;
    EXPECT_NO_THROW(build_graph(parse_network(std::string(entry.text)), {3, side, side}, 10)) << entry.name;
  }
}

TEST(Zoo, NamesStandForTextAndOtherTextForItself) {
  std::set<std::string_view> names;
  for (const ZooEntry& entry : zoo()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(network_of(std::string(entry.name)), entry.text) << entry.name;
    EXPECT_FALSE(entry.help.empty()) << entry.name;
  }
  for (const char* name : {"lenet5", "small28", "textbook", "vgg16", "resnet50", "inception_v3"})
    EXPECT_TRUE(names.contains(name)) << name;
  EXPECT_EQ(network_of("conv3x3(8)-gap-fc"), "conv3x3(8)-gap-fc");
  EXPECT_EQ(network_of(""), "");
}

}  // namespace
}  // namespace doppel::nn
