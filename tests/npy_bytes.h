// Bytes of NumPy's .npy, written by hand.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <vector>

namespace doppel {

/// Version 1 of the format with this dictionary.
inline std::string npy_of(std::string_view dictionary, std::string_view data = {}) {
  std::string text("\x93NUMPY\1\0", 8);
  text += static_cast<char>(dictionary.size() & 255);
  text += static_cast<char>(dictionary.size() >> 8);
  return text.append(dictionary).append(data);
}

/// Numbers as this machine has them, of NumPy's type ("<f4") and shape.
template <class T>
std::string npy_of(std::string_view type, const std::vector<std::size_t>& shape,
                   const std::vector<T>& numbers) {
  const std::string dictionary = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}\n",
                                             type, fmt::join(shape, ", "));
  return npy_of(dictionary,
                std::string_view(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T)));
}

}  // namespace doppel
