#include "number_types.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>

namespace doppel::nn {
namespace {

float from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const float sign = (bits & 0x8000) != 0 ? -1.F : 1.F;
  if (exponent == 31)
    return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                         : sign * std::numeric_limits<float>::infinity();
  return sign * (exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                               : std::ldexp(static_cast<float>(fraction + 1024), exponent - 25));
}

template <class T>
T bits_at(const unsigned char* at) {
  T v;
  std::memcpy(&v, at, sizeof v);
  return v;
}
template <class T>
float as_float(const unsigned char* at) {
  return static_cast<float>(bits_at<T>(at));
}

constexpr NumberType kTypes[] = {
    {"FloatStorage", "F32", 4, as_float<float>},
    {"DoubleStorage", "F64", 8, as_float<double>},
    {"HalfStorage", "F16", 2, [](const unsigned char* at) { return from_half(bits_at<std::uint16_t>(at)); }},
    {"BFloat16Storage", "BF16", 2,
     [](const unsigned char* at) {
       return std::bit_cast<float>(static_cast<std::uint32_t>(bits_at<std::uint16_t>(at)) << 16);
     }},
    {"LongStorage", "I64", 8, as_float<std::int64_t>},
    {"IntStorage", "I32", 4, as_float<std::int32_t>},
    {"ShortStorage", "I16", 2, nullptr},
    {"CharStorage", "I8", 1, nullptr},
    {"ByteStorage", "U8", 1, nullptr},
    {"BoolStorage", "BOOL", 1, nullptr},
    {"ComplexFloatStorage", "C64", 8, nullptr},
    {"ComplexDoubleStorage", "C128", 16, nullptr},
};

const NumberType* named(std::string_view name, std::string_view NumberType::* which) {
  const auto* type = std::ranges::find(kTypes, name, which);
  return type == std::end(kTypes) ? nullptr : type;
}

}  // namespace

const NumberType* type_of_storage(std::string_view storage) { return named(storage, &NumberType::storage); }
const NumberType* type_of_dtype(std::string_view dtype) { return named(dtype, &NumberType::dtype); }

}  // namespace doppel::nn
