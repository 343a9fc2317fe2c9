// libjpeg's errors, caught: what calls it sits between setjmp and longjmp, where no object with a destructor
// may be made.
#pragma once

// jpeglib.h needs these two before it.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include <string>

namespace doppel {

/// libjpeg reports errors by a call that must not return.
struct JpegFailure {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  int code;  ///< what it calls the error
};

/// What is wrong with a JPEG, in words of ours, as "not a whole JPEG: its end is missing".
std::string jpeg_problem(int code);

inline void on_jpeg_error(j_common_ptr info) {
  auto* failure = reinterpret_cast<JpegFailure*>(info->err);
  failure->code = info->err->msg_code;
  std::longjmp(failure->jump, 1);
}

inline void on_jpeg_message(j_common_ptr) {}

/// A warning means that data was missing or corrupt and pixels were made up: that's an error to us.
inline void on_jpeg_warning(j_common_ptr info, int level) {
  if (level < 0) on_jpeg_error(info);
}

inline void set_jpeg_errors(JpegFailure& failure, jpeg_error_mgr*& slot) {
  slot = jpeg_std_error(&failure.base);
  failure.base.error_exit = on_jpeg_error;
  failure.base.output_message = on_jpeg_message;
  failure.base.emit_message = on_jpeg_warning;
}

/// What libjpeg wrote, by malloc.
struct EncodedJpeg {
  EncodedJpeg() = default;
  EncodedJpeg(const EncodedJpeg&) = delete;
  EncodedJpeg& operator=(const EncodedJpeg&) = delete;
  ~EncodedJpeg() { std::free(data); }
  unsigned char* data = nullptr;
  unsigned long size = 0;
};

}  // namespace doppel
