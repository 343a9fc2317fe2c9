// What the library finds out about data, with a line on stderr where a user should know.
#pragma once

#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/study/run_info.h"

namespace doppel::apps {

/// dataset::open_data() that shows how far it is.
dataset::OpenedData open_data(const std::string& data, bool ignore_labels = false);
/// The same, with a line for each remark.
dataset::OpenedData open_told(const std::string& data, bool ignore_labels = false);
/// Its samples that have a class; says how many have none. Throws Error where none has, with what can be
/// done.
dataset::SourcePtr labelled(const dataset::SourcePtr& source, const std::string& data);
/// dataset::matched() that says which classes are missing, and names `data` in its errors.
dataset::SourcePtr matched_classes(const dataset::SourcePtr& source, const std::vector<std::string>& classes,
                                   const std::string& data);
/// nn::describe_data() that says where images of several sizes become one.
nn::RunInfo describe_data(const dataset::Source& source, int side = 0);
/// nn::train_and_test() that says how many are held out.
nn::TrainTest train_and_test(const dataset::OpenedData& data);
/// nn::fit_to_gan() that says where it changes the size.
void fit_images_to_gan(nn::RunInfo& info);
/// Says which convolutions of a run that goes on multiply otherwise here than where it began.
void report_changed(const std::vector<nn::KernelChange>& changes);

}  // namespace doppel::apps
