// What `doppel inspect` found, as a page with images.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/dataset/open/open_data.h"
#include "inspection.h"

namespace doppel::apps {

/// Writes one page that needs nothing else: what the data was recognised as, each remark, sizes and classes
/// by part, and images of what somebody should look at.
void write_inspect_page(const std::filesystem::path& file, const dataset::OpenedData& data,
                        const std::vector<InspectedPart>& parts, const dataset::DuplicateFinder& duplicates);

}  // namespace doppel::apps
