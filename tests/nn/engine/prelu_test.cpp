#include <gtest/gtest.h>

#include "engine/step.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

TEST(PRelu, HasASlopeForEachChannel) {
  EngineRun run("prelu", {2, 1, 2}, {-2, 3, -4, 5, 1, -1, 0, -8},
                [](Model& model) { model.find("prelu1", "weight")->value = {0.5, -1}; });
  EXPECT_EQ(run.y, (std::vector<float>{-1, 3, 4, 5, 1, -0.5, 0, 8}));
  EXPECT_EQ(run.back({1, 1, 1, 1, 10, 10, 10, 10}), (std::vector<float>{0.5, 1, -1, 1, 10, 5, -10, -10}));
  // What was below 0, times what came back.
  EXPECT_EQ(run.model.find("prelu1", "weight")->grad, (std::vector<float>{-2 - 10, -4 - 80}));
}

TEST(PRelu, OfVectorsHasASlopeForEachFeature) {
  EngineRun run("flatten-prelu", {3, 1, 1}, {-1, -1, 2},
                [](Model& model) { model.find("prelu1", "weight")->value = {0, 0.25, 0.5}; });
  EXPECT_EQ(run.y, (std::vector<float>{0, -0.25, 2}));
}

TEST(PRelu, GradientsMatchTheReference) {
  for (const int shards : {1, 2})
    expect_reference_gradients("conv3x3(12)-prelu-conv3x3(16,s2)-prelu-fc(7)-prelu-fc", {2, 7, 9}, 5, shards);
}

}  // namespace
}  // namespace doppel::nn
