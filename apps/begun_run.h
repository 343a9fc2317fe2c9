// Whether a run may begin in a folder: none writes over another.
#pragma once

#include <filesystem>

namespace doppel::apps {

/// What a folder can hold.
enum class RunKind { Training, Gan, Study };

/// Throws UsageError where a folder holds a run already, unless it's one of `kind` and `goes_on`; Error, with
/// the process, where another run is writing into it.
void check_begins(const std::filesystem::path& folder, RunKind kind, bool goes_on);

}  // namespace doppel::apps
