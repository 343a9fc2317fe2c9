// What was wrong with the file that kernels' times are kept in.
#pragma once

#include <string>
#include <vector>

namespace doppel::nn {

/// Of this process until now, each once: that kernels.json couldn't be read or written, and why. Work goes on
/// without it: kernels are timed again.
std::vector<std::string> kernel_notes();

}  // namespace doppel::nn
