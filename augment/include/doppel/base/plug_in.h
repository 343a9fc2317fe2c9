// Libraries that are loaded when they are first needed, with what they bring.
#pragma once

#include <string>

namespace doppel {

/// A function of the library `file` ("libdoppel_hdf5.so"): in the folder that $DOPPEL_FORMATS says, in
/// lib/doppel beside the program's folder, where doppel was installed or where it was built, the first that
/// can be loaded. Null where none can. It stays loaded.
void* plug_in_function(const std::string& file, const char* function);

}  // namespace doppel
