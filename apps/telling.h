// What the library finds out about data, with a line on stderr where a user should know.
#pragma once

#include <optional>

#include "command.h"
#include "doppel/dataset/combine/class_masks.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/study/run_info.h"

namespace doppel::apps {

/// How a command was told to open its data.
struct DataOptions {
  bool ignore = false;       ///< go on without labels that can't be read
  std::string columns = {};  ///< of a table: "path=img,label=species"
  std::string root = {};     ///< where a table's files are; empty: beside it
  std::string range = {};  ///< of the images' numbers: "0,4095" or "measured"; empty: all that their type has
};
/// What --ignore, --columns, --root and --range say, of those that the command has.
DataOptions data_options(const CommandLine& line);
/// dataset::open_data() that shows how far it is. Throws UsageError for columns that aren't NAME=COLUMN.
dataset::OpenedData open_data(const std::string& data, const DataOptions& options = {});
/// The same, with a line for each remark.
dataset::OpenedData open_told(const std::string& data, const DataOptions& options);
/// Says that of three parts the one for validation isn't used, and what would use it.
void tell_unused_valid(const dataset::OpenedData& data, std::string_view hint = {});
/// Its samples that have a class; says how many have none. Where labels are independent, it's one to have
/// none of the classes, too. Throws Error where no sample has a class, with what can be done.
dataset::SourcePtr labelled(const dataset::SourcePtr& source, const std::string& data,
                            dataset::Labels labels = dataset::Labels::Exclusive);
/// Its samples that have numbers to learn; says how many have none. Throws UsageError where there aren't as
/// many as `wanted`, Error where no sample has any.
dataset::SourcePtr with_numbers(const dataset::SourcePtr& source, const std::string& data,
                                std::size_t wanted);
/// Its samples that have a mask, with masks of classes alone; says how many have none, and which classes no
/// pixel is of. `classes`: what masks mean to a network that is there. Throws Error as dataset::find_masks().
dataset::FoundMasks with_masks(const dataset::SourcePtr& source, const std::string& data,
                               const dataset::MaskClasses& classes = {});
/// dataset::matched() that says which classes are missing, and names `data` in its errors.
dataset::SourcePtr matched_classes(const dataset::SourcePtr& source, const std::vector<std::string>& classes,
                                   const std::string& data);
/// Says that images of 16 bits are dark (by 64 of the training part) and what shows them in full, unless
/// they were given a range.
void tell_few_levels(const dataset::OpenedData& data, std::size_t most = 64);
/// nn::describe_data() that says where images of several sizes become one, and what becomes of transparency.
nn::RunInfo describe_data(const dataset::Source& source, int side = 0, AlphaOver alpha = AlphaOver::White);
/// nn::train_and_test() that says how many are held out.
nn::TrainTest train_and_test(const dataset::OpenedData& data);
/// nn::fit_to_gan() that says where it changes the size.
void fit_images_to_gan(nn::RunInfo& info, const std::optional<Size>& wanted = {});
/// Says which convolutions of a run that goes on multiply otherwise here than where it began.
void report_changed(const std::vector<nn::KernelChange>& changes);
/// nn::whiten_first_convolution() by images that tell what the others look like, with a live line.
void whiten(nn::Model& model, const dataset::SourcePtr& source, const nn::RunInfo& info);

}  // namespace doppel::apps
