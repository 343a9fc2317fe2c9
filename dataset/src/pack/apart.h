// Where data sets are written: never into what is read.
#pragma once

#include <filesystem>
#include <string>

namespace doppel::dataset::pack {

/// What is read never changes while it is read. `data`: the data set's path; what isn't there, as a sample's
/// name, lies nowhere. Throws UsageError where `out` lies in it or holds it.
void check_apart(const std::filesystem::path& out, const std::string& data);

}  // namespace doppel::dataset::pack
