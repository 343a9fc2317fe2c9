// Libraries that are loaded when they are first needed, with what they bring.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace doppel {

/// The folder of the program or shared library that this code is in; empty where that can't be told.
std::filesystem::path own_folder();

/// Where a program that wasn't installed has what it needs.
struct BuildFolder {
  std::filesystem::path sources;   ///< the source tree
  std::filesystem::path plug_ins;  ///< the folder of the plug-ins that were built with it
};

/// What CMake wrote to doppel_build.txt in the build folder, where this runs from there; nothing for what is
/// installed, which neither knows nor trusts the folder that it was built in.
std::optional<BuildFolder> build_folder();

/// A function of the library `file` ("libdoppel_hdf5.so"): in the folder that $DOPPEL_FORMATS says, in
/// lib/doppel beside the program's folder, in formats/ in own_folder(), where doppel was installed or in
/// build_folder(), the first that can be loaded. Null where none can. It stays loaded.
void* plug_in_function(const std::string& file, const char* function);

}  // namespace doppel
