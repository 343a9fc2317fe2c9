#include "common_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "choice.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"
#include "doppel/base/fields.h"
#include "doppel/nn/formats/onnx.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "normalisation.h"

namespace doppel::apps {
namespace {

constexpr Meaning<nn::Precision> kPrecisions[] = {{"f32", nn::Precision::F32},
                                                  {"bf16", nn::Precision::BF16, "products of bfloat16"}};

Words network_names() {
  Words names;
  for (const nn::ZooEntry& entry : nn::zoo()) names.emplace_back(entry.name);
  return names;
}

bool single_word(const std::string& text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

constexpr Meaning<AlphaOver> kAlphas[] = {{"white", AlphaOver::White, "put over white"},
                                          {"black", AlphaOver::Black, "put over black"},
                                          {"keep", AlphaOver::Keep, "as RGBA"},
                                          {"drop", AlphaOver::Drop, "the colours that lie below it"}};

}  // namespace

Text file(std::string placeholder) {
  return {.placeholder = std::move(placeholder), .files = Text::Files::Any};
}

Text folder(std::string placeholder) {
  return {.placeholder = std::move(placeholder), .files = Text::Files::Folders};
}

Text data_text() {
  Text data = file("DATA");
  data.known = {"sample:digits", "sample:photos"};
  return data;
}

Option data_word() {
  return {"data", data_text(), "a data set; doppel --help lists the kinds", Presence::Needed};
}

Option optional_data_word() {
  Option word = data_word();
  word.presence = Presence::Optional;
  return word;
}

std::string missing(const CommandLine& line, std::string_view what) {
  return fmt::format("{} is missing; usage: doppel {}{}", what, line.usage(),
                     line.knows("config") ? ", or --config with a run.yaml that names it" : "");
}

Option run_word() { return {"run", file("RUN"), "a run's folder, or a model file", Presence::Needed}; }

OptionGroup data_group() {
  return {"The data",
          {{"ignore", Flag{}, "go on without labels that can't be read"},
           {"columns", Text{.placeholder = "NAME=COLUMN,..."},
            "of tables and records, as label=species,target=age+size,weight=w"},
           {"root", folder(), "where a table's files are; else beside it"},
           {"range", Text{.placeholder = "LOW,HIGH"},
            "of the images' numbers, as 0,4095 of 12 bits in 16; or measured"}}};
}

Option alpha_option(AlphaOver initial) {
  return {"alpha", choice(kAlphas, std::string(kAlphas[static_cast<std::size_t>(initial)].word)),
          "what becomes of transparency"};
}

AlphaOver alpha_of(const CommandLine& line) { return chosen(line, "alpha", kAlphas); }

Option json_option() { return {"json", file(), "also write the result here"}; }

Option threads_option(std::string help) { return {"threads", Whole{.initial = 0}, std::move(help)}; }

Option seed_option(std::string help) { return {"seed", Seed{}, std::move(help)}; }

Option recipe_option(std::string initial, std::string help) {
  Text recipe = file("RECIPE");
  recipe.initial = std::move(initial);
  recipe.known.assign(augment::Recipe::presets().begin(), augment::Recipe::presets().end());
  return {"recipe", std::move(recipe), std::move(help)};
}

Option preset_option(std::string help) {
  Choice presets{.words = {}, .initial = "rpgan"};
  for (const std::string_view name : nn::gan_presets()) presets.words.push_back({std::string(name), ""});
  return {"preset", std::move(presets), std::move(help)};
}

Option generator_option() {
  return {"generator", Text{.placeholder = "NET"},
          "notation, from [latent + classes, 1, 1] to the image; else the preset's"};
}

Option discriminator_option() {
  return {"discriminator", Text{.placeholder = "NET"},
          "notation, from the image to 1 + classes numbers; else the preset's"};
}

Option net_option(std::string initial, std::string help) {
  return {"net", Text{.placeholder = "NET", .initial = std::move(initial), .known = network_names()},
          std::move(help)};
}

std::string network_text(const std::string& wanted) {
  if (wanted.ends_with(".onnx")) {
    const nn::OnnxNetwork found = nn::load_onnx(wanted);
    tell_other_outputs(wanted, found);
    return found.network;
  }
  std::string text = nn::network_of(wanted);
  if (text != wanted || !single_word(text)) return text;
  try {
    nn::parse_network(text);
  } catch (const UsageError&) {
    const std::string all = fmt::format("; there are {}", fmt::join(network_names(), ", "));
    throw UsageError(
        fmt::format("there is no network '{}'{}", text, did_you_mean(text, network_names(), all)));
  }
  return text;
}

Option precision_option(std::string initial) {
  return {"precision", choice(kPrecisions, std::move(initial)), "how numbers are multiplied"};
}

void check_precision(nn::Precision precision) {
  if (precision == nn::Precision::BF16 && !nn::has_bf16())
    throw UsageError(
        "--precision bf16 needs a processor that multiplies bfloat16 (AVX-512 BF16), and a DNNL_MAX_CPU_ISA "
        "that "
        "lets it; use f32");
}

nn::Precision precision_of(const CommandLine& line) {
  const nn::Precision precision = chosen(line, "precision", kPrecisions);
  check_precision(precision);
  return precision;
}

}  // namespace doppel::apps
