// doppel import FILE.onnx --out RUN
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <ranges>
#include <sstream>

#include "command.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/nn/formats/onnx.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/train/trainer.h"
#include "folder_lock.h"
#include "normalisation.h"

namespace doppel::apps {
namespace {

/// Names, one in a line.
std::vector<std::string> names_in(const std::string& path) {
  const std::vector<unsigned char> bytes = read_file(path);
  std::istringstream text(std::string(bytes.begin(), bytes.end()));
  std::vector<std::string> names;
  for (std::string name; std::getline(text, name);) {
    if (!name.empty() && name.back() == '\r') name.pop_back();
    if (name.empty()) continue;
    names.push_back(name);
  }
  return names;
}

/// Classes are known by their names: those that share one get their numbers behind it, as ImageNet's two of
/// "crane".
std::vector<std::string> told_apart(std::vector<std::string> names) {
  std::map<std::string, std::vector<std::size_t>> by_name;
  for (std::size_t c = 0; c < names.size(); ++c) by_name[names[c]].push_back(c);
  for (const auto& [name, classes] : by_name) {
    if (classes.size() == 1) continue;
    for (const std::size_t c : classes) names[c] = fmt::format("{} ({})", name, c);
    std::cerr << fmt::format(
        "{} classes are called '{}'; here they are called '{}'\n", classes.size(), name,
        fmt::join(classes | std::views::transform([&](std::size_t c) { return names[c]; }), "', '"));
  }
  return names;
}

std::vector<std::string> class_names(const CommandLine& line, const nn::OnnxNetwork& found) {
  const auto count = static_cast<std::size_t>(found.model->graph().output().channels);
  std::vector<std::string> names;
  if (line.has("classes")) {
    names = names_in(line.get<std::string>("classes"));
    if (names.size() != count)
      throw UsageError(fmt::format("{} names {} classes, but the network tells {}",
                                   line.get<std::string>("classes"), names.size(), count));
    return told_apart(std::move(names));
  }
  if (const auto said = found.metadata.find("classes"); said != found.metadata.end()) {
    const auto json = nlohmann::json::parse(said->second, nullptr, false);
    if (json.is_array() && json.size() == count &&
        std::ranges::all_of(json, [](const auto& name) { return name.is_string(); })) {
      return told_apart(json.get<std::vector<std::string>>());
    }
  }
  for (std::size_t c = 0; c < count; ++c) names.push_back(std::to_string(c));
  return names;
}

/// "0.485,0.456,0.406": one number, or one for each channel.
std::vector<double> by_channel(const CommandLine& line, const char* option, int channels, double otherwise) {
  const auto wide = static_cast<std::size_t>(channels);
  if (!line.has(option)) return std::vector<double>(wide, otherwise);
  const auto text = line.get<std::string>(option);
  std::istringstream parts(text);
  std::vector<double> numbers;
  for (std::string part; std::getline(parts, part, ',');) {
    const auto number = parse_real(part);
    if (!number) throw UsageError(fmt::format("--{} {}: '{}' is no number", option, text, part));
    numbers.push_back(*number);
  }
  if (numbers.size() != 1 && numbers.size() != wide)
    throw UsageError(
        fmt::format("--{} {}: takes 1 number, or {}, one for each channel", option, text, channels));
  if (std::string_view(option) == "std" && std::ranges::any_of(numbers, [](double v) { return v <= 0; }))
    throw UsageError(fmt::format("--std {}: takes numbers above 0", text));
  // A share and its deviation are 1 at most.
  if (!line.has("levels") && std::ranges::any_of(numbers, [](double v) { return std::abs(v) > 4; }))
    throw UsageError(fmt::format(
        "--{} {}: without --levels these are shares of 0 to 1; of levels from 0 to 255 say --levels, too",
        option, text));
  numbers.resize(wide, numbers[0]);
  return numbers;
}

/// How images become what the network takes.
void set_normalisation(const CommandLine& line, const nn::OnnxNetwork& found, bool of_ours,
                       nn::RunInfo& info) {
  const bool by_itself = normalises_levels(found), told = line.has("mean") || line.has("std");
  const double levels = line.has("levels") || by_itself ? 255 : 1;
  if (by_itself && !of_ours && !line.has("levels"))
    std::cerr << "the graph's own numbers are of levels from 0 to 255, and are taken so\n";
  if (found.mean.empty() && !of_ours && !told && !line.has("levels"))
    std::cerr << "nothing says how images are normalised: the network gets shares of 0 to 1; --levels where "
                 "it takes 0 to 255, --mean and --std where it wants them normalised\n";
  if (!found.mean.empty() && told)
    throw UsageError("the file normalises images itself, which leaves nothing to --mean and --std");
  if (found.mean.empty() && of_ours && !told && !line.has("levels")) return;
  std::vector<double> mean(found.mean.begin(), found.mean.end()), std(found.std.begin(), found.std.end());
  if (found.mean.empty()) {
    mean = by_channel(line, "mean", info.input.channels, 0);
    std = by_channel(line, "std", info.input.channels, 1);
  }
  for (std::vector<double>* numbers : {&mean, &std})
    for (double& v : *numbers) v /= levels;
  set_numbers(info, mean, std);
}

nn::RunInfo describe(const CommandLine& line, const std::string& path, const nn::OnnxNetwork& found) {
  nn::RunInfo info;
  const bool of_ours = found.metadata.contains("doppel.network");
  if (of_ours) info = nn::RunInfo::from(found.metadata, path);
  info.network = found.network;
  info.input = found.model->graph().input;
  info.masks = found.masks;
  if (!of_ours || found.outputs == dataset::Labels::Independent) info.outputs = found.outputs;
  if (info.numbers.empty())
    info.classes = class_names(line, found);
  else if (static_cast<int>(info.numbers.names.size()) != found.model->graph().output().channels)
    throw Error(fmt::format("{}: tells another count of numbers than it names", path));
  // Such a file ends in the numbers' own units.
  std::ranges::fill(info.numbers.mean, 0.);
  std::ranges::fill(info.numbers.std, 1.);
  set_normalisation(line, found, of_ours, info);
  return info;
}

int run_import(const CommandLine& line) {
  const auto path = line.get<std::string>("file");
  const auto size = static_cast<int>(line.get<std::int64_t>("size"));
  if (std::filesystem::path(path).extension() != ".onnx")
    throw UsageError(
        fmt::format("{}: only .onnx files are networks; `doppel train --weights` takes weights", path));
  const nn::OnnxNetwork found = size > 0 ? nn::load_onnx(path, {size, size}) : nn::load_onnx(path);
  tell_other_outputs(path, found);
  const nn::Shape& input = found.model->graph().input;
  if (size > 0 && (input.height != size || input.width != size))
    throw UsageError(fmt::format("--size {}: {} says itself that its images are {}x{}", size, path,
                                 input.height, input.width));
  const nn::RunInfo info = describe(line, path, found);
  const std::filesystem::path folder = line.get<std::string>("out");
  const FolderLock lock(folder, true);
  if (!list_folder(folder).empty())
    throw UsageError(fmt::format("{} isn't empty: an imported network needs a new folder", folder.string()));
  const std::filesystem::path file = folder / "model.safetensors";
  nn::save_model(file, *found.model, info.metadata());
  const nn::Graph& graph = found.model->graph();
  const auto shown = [&](std::span<const float> few, std::span<const float> bands) {
    return bands.empty() ? few.first(static_cast<std::size_t>(std::min(4, info.input.channels))) : bands;
  };
  if (found.any_size && size == 0)
    std::cerr << fmt::format(
        "the file leaves the size of images open; {}x{} is taken, --size N says another\n", info.input.height,
        info.input.width);
  fmt::print("{}\n", found.network);
  fmt::print("{}: {} layers, {} parameters, images {}, {} {}, (level / 255 - {:.4f}) / {:.4f}\n",
             file.string(), graph.nodes.size(), graph.parameters(), info.input.text(), info.outputs_count(),
             info.numbers.empty() ? "classes" : "numbers", fmt::join(shown(info.mean, info.band_mean), " "),
             fmt::join(shown(info.std, info.band_std), " "));
  write_json(line,
             {{"network", found.network}, {"parameters", graph.parameters()}, {"classes", info.classes}});
  return 0;
}

}  // namespace

Command import_command() {
  return {
      .name = "import",
      .brief = "take a network of another tool",
      .about =
          "Takes a network of another tool that tells classes, of images or of each pixel, as an ONNX file: "
          "eval, predict and export then "
          "know it as a run of doppel's own, and `train --net FILE.onnx --weights FILE.onnx` goes on with "
          "it. An operator that no layer does the same as is named.",
      .words = {{"file", file(), "an .onnx file", Presence::Needed}},
      .groups = {{"Options",
                  {{"out", Text{.placeholder = "RUN", .files = Text::Files::Folders},
                    "where it goes: a new folder", Presence::Needed},
                   {"classes", file(), "a text file with a class's name in each line"},
                   {"mean", Text{.placeholder = "NUMBERS"},
                    "what it wants taken off each channel, as 0.485,0.456,0.406"},
                   {"std", Text{.placeholder = "NUMBERS"},
                    "by what it then wants each divided, as 0.229,0.224,0.225"},
                   {"levels", Flag{},
                    "it takes levels from 0 to 255, and so do --mean and --std; else shares, 0 to 1"},
                   {"size", Whole{.initial = 0, .most = 16384}, "of images, where the file leaves that open"},
                   json_option()}}},
      .examples = {"import resnet.onnx --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --out runs/resnet"},
      .run = run_import};
}

}  // namespace doppel::apps
