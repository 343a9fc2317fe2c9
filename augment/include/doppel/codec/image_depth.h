// How much of what image files hold is read.
#pragma once

namespace doppel {

/// Which numbers pixels become.
enum class ImageDepth {
  Eight,    ///< 8 bits of grey, RGB or RGBA: of wider numbers the upper 8 bits, of further bands none
  AsStored  ///< all that is there: CV_8U where a file has up to 8 bits a channel; CV_16U where it has 9 to
            ///< 16, which are shares of 65535, whatever their number; CV_32F for floats and for numbers of a
            ///< unit (16-bit ones below 0, 32-bit ones, hounsfields), which are as they are stored, in [0, 1]
            ///< or not. 1 to 64 channels
};

/// What is read of an image file.
struct DecodeOptions {
  ImageDepth depth = ImageDepth::Eight;  ///< 8 bits, or all that is there
  int frame = 0;  ///< from 0: a page of a TIFF, a frame of a DICOM, a slice of a NIfTI along its third axis;
                  ///< of every other form the first image alone is read
  bool any_floats = false;     ///< floats may be none (NaN) or infinite, as in maps of depths; else an error
  long max_pixels = 1L << 28;  ///< of a frame; fewer where a pixel takes more than 16 bytes: 16 times this
                               ///< many bytes are the most
};

}  // namespace doppel
