// doppel version
#include <fmt/format.h>
#include <hwy/highway.h>
#include <oneapi/dnnl/dnnl.h>
#include <tbb/version.h>

#include <opencv2/core/utility.hpp>

#include "command.h"
#include "doppel/nn/engine/executor.h"

namespace doppel::apps {
namespace {

std::string compiler() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#elif defined(__GNUC__)
  return "GCC " __VERSION__;
#else
  return "unknown";
#endif
}

/// The instruction set that our own kernels run in here: of those that are there, the lowest bit is the best.
std::string instruction_set() {
  const auto targets = hwy::SupportedTargets() & HWY_TARGETS;
  return hwy::TargetName(targets & -targets);
}

int version(const CommandLine&) {
  const dnnl_version_t* engine = dnnl_version();
  fmt::print("doppel {}\n", DOPPEL_VERSION);
  fmt::print("oneDNN      {}.{}.{}\n", engine->major, engine->minor, engine->patch);
  fmt::print("OpenCV      {}\n", cv::getVersionString());
  fmt::print("oneTBB      {}\n", TBB_runtime_version());
  fmt::print("Highway     {}.{}.{}, {}\n", HWY_MAJOR, HWY_MINOR, HWY_PATCH, instruction_set());
  fmt::print("bfloat16    {}\n", nn::has_bf16() ? "yes" : "no");
  fmt::print("compiler    {}\n", compiler());
  return 0;
}

}  // namespace

Command version_command() {
  return {.name = "version",
          .brief = "versions of the program, its libraries and this processor's instructions",
          .about =
              "Prints what a report of a fault should say: the versions of the program and of the "
              "libraries that it runs with, the instruction set that its own kernels take here, and "
              "whether the processor multiplies bfloat16. The same as doppel --version.",
          .run = version};
}

}  // namespace doppel::apps
