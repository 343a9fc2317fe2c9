// Kinds of numbers in files of weights, by their names there.
#pragma once

#include <cstddef>
#include <string_view>

namespace doppel::nn {

/// Bytes of a number, and how it becomes a float; those of no `read` aren't read.
struct NumberType {
  std::string_view storage;  ///< PyTorch's, as "FloatStorage"
  std::string_view dtype;    ///< safetensors', as "F32"
  std::size_t size;
  float (*read)(const unsigned char* number);
};

/// Null where there is none of that name.
const NumberType* type_of_storage(std::string_view storage);
const NumberType* type_of_dtype(std::string_view dtype);

}  // namespace doppel::nn
