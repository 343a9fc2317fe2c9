#include "kernels/vbmi.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace doppel::augment {
namespace {

TEST(Vbmi, IsWhatTheSystemSaysOfItsProcessor) {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line) && !line.starts_with("flags")) {}
  if (!line.starts_with("flags")) {  // no x86
    EXPECT_FALSE(has_vbmi());
    return;
  }
  line += ' ';
  const auto has = [&](const char* flag) { return line.find(flag) != std::string::npos; };
  EXPECT_EQ(has_vbmi(), has(" avx512vbmi ") && has(" avx512bw "));
}

}  // namespace
}  // namespace doppel::augment
