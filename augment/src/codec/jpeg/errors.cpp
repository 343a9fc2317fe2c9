#include "errors.h"

#include <jerror.h>

namespace doppel {

std::string jpeg_problem(int code) {
  switch (code) {
    case JERR_ARITH_NOTIMPL:
      return "a JPEG of a kind that isn't read (arithmetic coding)";
    case JERR_SOF_UNSUPPORTED:
      return "a JPEG of a kind that isn't read (lossless or hierarchical)";
    case JERR_BAD_PRECISION:
      return "a JPEG of a kind that isn't read (not of 8 bits)";
    case JERR_CONVERSION_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_BAD_J_COLORSPACE:
      return "a JPEG of a kind that isn't read (its colours)";
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
      return "a JPEG of a kind that isn't read (its colours' sampling)";
    case JERR_OUT_OF_MEMORY:
      return "there isn't the memory for this JPEG";
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
      return "a JPEG's sides are 65,500 pixels at most";
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
      return "not a whole JPEG: its pixels aren't all there";
    case JERR_NO_IMAGE:
    case JERR_SOF_NO_SOS:
    case JERR_EMPTY_IMAGE:
      return "not a whole JPEG: it holds no image";
    case JERR_NO_SOI:
      return "not a whole JPEG: it begins with something else";
    case JERR_NO_HUFF_TABLE:
    case JERR_NO_QUANT_TABLE:
    case JERR_BAD_HUFF_TABLE:
    case JERR_HUFF_MISSING_CODE:
    case JERR_DHT_INDEX:
    case JERR_DQT_INDEX:
      return "not a whole JPEG: its tables are missing or damaged";
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_BOGUS_PROGRESSION:
    case JERR_BAD_DCT_COEF:
      return "not a whole JPEG: its pixels are damaged";
    default:
      return "not a whole JPEG: its header is damaged";
  }
}

}  // namespace doppel
