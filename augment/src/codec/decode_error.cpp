#include "doppel/codec/decode_error.h"

#include <new>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"

namespace doppel {

void throw_decode_error() {
  constexpr const char* kNoMemory = "there isn't the memory for an image of this size";
  try {
    throw;
  } catch (const cv::Exception& error) {
    throw Error(error.code == cv::Error::StsNoMem ? kNoMemory : "an image that can't be decoded");
  } catch (const std::bad_alloc&) { throw Error(kNoMemory); }
}

}  // namespace doppel
