// Folders whose files hold many images each.
#pragma once

#include "folder.h"
#include "parts.h"

namespace doppel::dataset {

/// Each as Layout::open.
std::optional<Parts> open_idx(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_cifar(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_cifar_python(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_pack(const Folder& folder, const OpenOptions& options, Remarks& remarks);
std::optional<Parts> open_tars(const Folder& folder, const OpenOptions& options, Remarks& remarks);

}  // namespace doppel::dataset
