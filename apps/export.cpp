// doppel export RUN OUT.onnx|OUT.safetensors
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/dataset/files.h"
#include "doppel/nn/onnx.h"
#include "doppel/nn/weights.h"
#include "run_info.h"

namespace doppel::apps {

int run_export(const Words& words) {
  CommandLine line(
      "export RUN OUT.onnx|OUT.safetensors",
      "Hands a trained network to other runtimes: ONNX, opset 13, any batch; or its weights, with "
      "torchvision's names where it is one of its networks.");
  line.add()("run", po::value<std::string>(), "a run's folder, or a model file")(
      "out", po::value<std::string>(), "the file to write")(
      "preprocess", "the graph takes levels from 0 to 255 and normalises them itself")(
      "fold", "BatchNorm goes into the convolutions before it")("probabilities", "ends in a softmax")(
      "json", po::value<std::string>(), "also write the result here");
  line.positional("run", 1);
  line.positional("out", 1);
  if (!line.parse(words)) return 0;
  const OpenedRun run = open_run(line.need("run"));
  const std::string out = line.need("out");
  if (std::filesystem::path(out).extension() == ".safetensors") {
    nn::save_weights(out, run.model);
    const auto names = nn::torchvision_names(run.model);
    fmt::print("{}: {} tensors, named as {}\n", out, run.model.parameters().size(),
               names.empty() ? "in doppel" : "in torchvision");
    return 0;
  }
  if (std::filesystem::path(out).extension() != ".onnx")
    throw UsageError(fmt::format("the file to write ends in .onnx or .safetensors, not as {}", out));
  nn::OnnxOptions options;
  options.fold_batch_norm = line.has("fold");
  options.probabilities = line.has("probabilities");
  const auto channels = static_cast<std::size_t>(run.info.input.channels);
  if (line.has("preprocess")) {
    options.mean.assign(run.info.mean.begin(), run.info.mean.begin() + static_cast<std::ptrdiff_t>(channels));
    options.std.assign(run.info.std.begin(), run.info.std.begin() + static_cast<std::ptrdiff_t>(channels));
  }
  options.metadata["classes"] = nlohmann::json(run.info.classes).dump();
  const std::vector<unsigned char> bytes = nn::to_onnx(run.model, options);
  dataset::write_file(out, bytes);
  fmt::print("{}: {} parameters, {:.1f} MB, input images [batch, {}, {}, {}], {}\n", out,
             run.model.graph().parameters(), static_cast<double>(bytes.size()) / 1e6, run.info.input.channels,
             run.info.input.height, run.info.input.width,
             line.has("preprocess")
                 ? "levels from 0 to 255"
                 : fmt::format("(level / 255 - {:.4f}) / {:.4f}",
                               fmt::join(run.info.mean.begin(),
                                         run.info.mean.begin() + static_cast<std::ptrdiff_t>(channels), " "),
                               fmt::join(run.info.std.begin(),
                                         run.info.std.begin() + static_cast<std::ptrdiff_t>(channels), " ")));
  write_json(line, {{"bytes", bytes.size()}, {"parameters", run.model.graph().parameters()}});
  return 0;
}

}  // namespace doppel::apps
