// Libraries that are loaded when they are first needed, with what they bring.
#pragma once

#include <filesystem>
#include <string>

namespace doppel {

/// The folder of the program or shared library that this code is in; empty where that can't be told.
std::filesystem::path own_folder();

/// A function of the library `file` ("libdoppel_hdf5.so"): in the folder that $DOPPEL_FORMATS says, in
/// lib/doppel beside the program's folder, in formats/ in own_folder(), where doppel was installed or where
/// it was built, the first that can be loaded. Null where none can. It stays loaded.
void* plug_in_function(const std::string& file, const char* function);

}  // namespace doppel
