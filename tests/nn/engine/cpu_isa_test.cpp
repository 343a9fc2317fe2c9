#include "engine/cpu_isa.h"

#include <gtest/gtest.h>

#include "doppel/nn/engine/executor.h"

namespace doppel::nn {
namespace {

TEST(CpuIsa, AnInstructionSetBringsThoseBeforeIt) {
  using dnnl::cpu_isa;
  EXPECT_TRUE(engine::uses(dnnl::get_effective_cpu_isa()));
  for (const auto& [later, before] : {std::pair{cpu_isa::avx512_core_amx, cpu_isa::avx512_core_bf16},
                                      {cpu_isa::avx512_core_bf16, cpu_isa::avx512_core_vnni},
                                      {cpu_isa::avx512_core_vnni, cpu_isa::avx512_core},
                                      {cpu_isa::avx512_core, cpu_isa::avx2},
                                      {cpu_isa::avx2, cpu_isa::sse41}})
    EXPECT_TRUE(engine::uses(before) || !engine::uses(later)) << static_cast<int>(later);
}

TEST(CpuIsa, ProductsOfBf16NeedIt) {
  EXPECT_TRUE(engine::uses(dnnl::cpu_isa::avx512_core_bf16) || !has_bf16());
}

TEST(CpuIsa, TilesNeedIt) {
  EXPECT_TRUE(has_bf16() || !engine::multiplies_tiles());
  EXPECT_TRUE(engine::uses(dnnl::cpu_isa::avx512_core_amx) || !engine::multiplies_tiles());
}

}  // namespace
}  // namespace doppel::nn
