// Options that several commands have.
#pragma once

#include "command.h"
#include "doppel/nn/engine/executor.h"
#include "telling.h"

namespace doppel::apps {

Text file(std::string placeholder = "FILE");
Text folder(std::string placeholder = "FOLDER");

/// A data set, as open_data() takes it.
Text data_text();
/// The bare word that names one.
Option data_word();
/// The same, for commands whose --config may name it.
Option optional_data_word();
/// "DATA is missing; usage: …".
std::string missing(const CommandLine& line, std::string_view what);
/// The bare word that names a trained network, as nn::open_run() takes it.
Option run_word();
/// --ignore, --columns, --root and --range: how data is opened.
OptionGroup data_group();
/// --alpha: what becomes of transparency. Which of them `initial` is.
Option alpha_option(AlphaOver initial = AlphaOver::White);
/// What it says.
AlphaOver alpha_of(const CommandLine& line);
/// --json.
Option json_option();
/// --threads.
Option threads_option(std::string help = "threads that work; 0: all cores");
/// --seed.
Option seed_option(std::string help);
/// --recipe, with what else it may be.
Option recipe_option(std::string initial, std::string help = "a YAML file or a preset");
/// --preset of a GAN.
Option preset_option(std::string help);
/// --generator and --discriminator, as notation.
Option generator_option();
Option discriminator_option();

/// --net.
Option net_option(std::string initial, std::string help);
/// What a network's name, or an .onnx file, stands for, as notation. Throws UsageError, naming the nearest
/// network, for a single word that is neither a network nor a layer.
std::string network_text(const std::string& wanted);

/// --precision: f32 or bf16.
Option precision_option(std::string initial);
/// Throws UsageError for bf16 where the processor has none.
void check_precision(nn::Precision precision);
/// What --precision says, checked.
nn::Precision precision_of(const CommandLine& line);

}  // namespace doppel::apps
