// doppel export RUN OUT.onnx|OUT.safetensors
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "command.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/nn/formats/onnx.h"
#include "doppel/nn/formats/weights.h"
#include "doppel/nn/study/gan_run.h"
#include "doppel/nn/study/run_info.h"

namespace doppel::apps {

namespace {

/// A GAN's run has states of two networks, and no model.
bool holds_gan(const std::filesystem::path& run) {
  return std::filesystem::exists(run / "gan.safetensors") &&
         !std::filesystem::exists(run / "model.safetensors");
}

/// The generator of a GAN.
int export_generator(const CommandLine& line) {
  const auto out = line.get<std::string>("out");
  if (std::filesystem::path(out).extension() != ".onnx")
    throw UsageError(
        fmt::format("a GAN's generator is written to a file that ends in .onnx, not as {}: its "
                    "best.safetensors is what docs/gan.md describes",
                    out));
  for (const char* other : {"preprocess", "probabilities"})
    if (line.has(other)) throw UsageError(fmt::format("--{} is for networks that read images", other));
  const nn::OpenedGan gan = nn::open_gan(line.get<std::string>("run"));
  if (gan.generator->is_flow())
    throw UsageError(
        "a flow's images take many passes of its network; ONNX is written of a GAN's generator, which takes "
        "one");
  nn::OnnxOptions options;
  options.fold_batch_norm = line.has("fold");
  options.latent = gan.generator->latent();
  options.metadata["classes"] = nlohmann::json(gan.info.classes).dump();
  const nn::Model& model = gan.generator->model();
  const std::vector<unsigned char> bytes = nn::to_onnx(model, options);
  write_file(out, bytes);
  const nn::Shape& image = gan.info.input;
  fmt::print(
      "{}: {} parameters, {:.1f} MB; latent [batch, {}], normal numbers, and class [batch, {}], 1 for one of "
      "{}, and truncation [batch, 1], where numbers beyond it end, "
      "give images [batch, {}, {}, {}], 2 level / 255 - 1\n",
      out, model.graph().parameters(), static_cast<double>(bytes.size()) / 1e6, gan.generator->latent(),
      gan.generator->classes(), fmt::join(gan.info.classes, ", "), image.channels, image.height, image.width);
  write_json(line, {{"bytes", bytes.size()}, {"parameters", model.graph().parameters()}});
  return 0;
}

int run_export(const CommandLine& line) {
  if (holds_gan(line.get<std::string>("run"))) return export_generator(line);
  const nn::OpenedRun run = nn::open_run(line.get<std::string>("run"));
  const auto out = line.get<std::string>("out");
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
  options.outputs = run.info.outputs;
  const nn::NumberTask& numbers = run.info.numbers;
  if (!numbers.empty() && options.probabilities)
    throw UsageError("--probabilities is for networks that tell classes; this one tells numbers");
  for (std::size_t k = 0; k < numbers.names.size(); ++k) {
    options.scale.push_back(static_cast<float>(numbers.std[k]));
    options.shift.push_back(static_cast<float>(numbers.mean[k]));
  }
  const auto channels = static_cast<std::size_t>(run.info.input.channels);
  std::vector<float> mean, std;
  for (std::size_t c = 0; c < channels; ++c) {
    const bool bands = !run.info.band_mean.empty();
    mean.push_back(bands ? run.info.band_mean[c] : run.info.mean[std::min<std::size_t>(c, 3)]);
    std.push_back(bands ? run.info.band_std[c] : run.info.std[std::min<std::size_t>(c, 3)]);
  }
  if (line.has("preprocess")) {
    options.mean = mean;
    options.std = std;
  }
  if (numbers.empty())
    options.metadata["classes"] = nlohmann::json(run.info.classes).dump();
  else
    options.metadata["numbers"] = nlohmann::json(numbers.names).dump();
  // What import needs to know it as a run again.
  options.metadata.merge(run.info.metadata());
  const std::vector<unsigned char> bytes = nn::to_onnx(run.model, options);
  write_file(out, bytes);
  fmt::print("{}: {} parameters, {:.1f} MB, input images [batch, {}, {}, {}], {}\n", out,
             run.model.graph().parameters(), static_cast<double>(bytes.size()) / 1e6, run.info.input.channels,
             run.info.input.height, run.info.input.width,
             line.has("preprocess")
                 ? "levels from 0 to 255"
                 : fmt::format("(level / 255 - {:.4f}) / {:.4f}", fmt::join(mean, " "), fmt::join(std, " ")));
  if (run.info.masks)
    fmt::print("it gives [batch, {}, {}, {}]: {} of each pixel's classes\n", run.info.classes.size(),
               run.info.input.height, run.info.input.width,
               options.probabilities ? "probabilities" : "logits");
  if (!run.info.range.empty())
    fmt::print("images' numbers from {:g} to {:g} are its levels 0 to 255\n", run.info.range[0],
               run.info.range[1]);
  write_json(line, {{"bytes", bytes.size()}, {"parameters", run.model.graph().parameters()}});
  return 0;
}

}  // namespace

Command export_command() {
  return {.name = "export",
          .brief = "hand a trained network to other runtimes",
          .about =
              "Hands a trained network to other runtimes: ONNX, opset 13, any batch; or its weights, "
              "with torchvision's names where it is one of its networks. Of a GAN its generator, to ONNX.",
          .words = {run_word(), {"out", file(), "what to write: .onnx or .safetensors", Presence::Needed}},
          .groups = {{"Options",
                      {{"preprocess", Flag{}, "the graph takes levels from 0 to 255 and normalises them"},
                       {"fold", Flag{}, "BatchNorm goes into the convolutions before it"},
                       {"probabilities", Flag{}, "it ends in a softmax, after --loss binary in a sigmoid"},
                       json_option()}}},
          .examples = {"export runs/first first.onnx --preprocess"},
          .run = run_export};
}

}  // namespace doppel::apps
