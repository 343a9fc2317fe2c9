// What libraries throw while they decode, in words of our own.
#pragma once

namespace doppel {

/// Only where an exception is being handled: throws it again. What OpenCV throws, and std::bad_alloc, become
/// an Error that says what it means for an image; their own text is for programmers.
[[noreturn]] void throw_decode_error();

}  // namespace doppel
