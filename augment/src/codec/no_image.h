#pragma once

#include <span>

namespace doppel {

/// The Error of bytes that are no image, which names all that would be.
[[noreturn]] void throw_no_image(std::span<const unsigned char> bytes);

}  // namespace doppel
