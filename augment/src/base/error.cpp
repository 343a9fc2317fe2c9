#include "doppel/base/error.h"

#include "doppel/base/utf8.h"

namespace doppel {

Error::Error(const std::string& what) : std::runtime_error(printable(what)) {}

}  // namespace doppel
