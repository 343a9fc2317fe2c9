// Whether a request is signed as Amazon's services ask for, version 4; worked out from their description, so
// that it doesn't rest on who signs.
#pragma once

#include <string>

#include "object_server.h"

namespace doppel::test {

/// Throws std::runtime_error where this was built without libcrypto.
bool is_signed_by(const WebRequest& request, const std::string& key, const std::string& secret,
                  const std::string& token);

}  // namespace doppel::test
