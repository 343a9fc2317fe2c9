// What folders of classes are called.
#pragma once

#include <string>
#include <vector>

namespace doppel::dataset {

/// A folder's name for each class, no two alike, in the order of the classes: the class's own name where that
/// is a folder right below the one that it's written into, which who reads image folders takes for a class.
/// "/",
/// "\\" and control characters become "_", "_" comes before a name that is empty or begins with ".", names
/// end after 200 bytes, and a number follows one that another class has already.
std::vector<std::string> class_folders(const std::vector<std::string>& classes);

}  // namespace doppel::dataset
