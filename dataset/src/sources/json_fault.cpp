#include "json_fault.h"

namespace doppel::dataset {

std::string_view json_fault(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY:
      return "it is empty";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return "it is too large";
    case simdjson::DEPTH_ERROR:
      return "lists and objects within each other, too deep";
    case simdjson::STRING_ERROR:
      return "a text with a backslash that means nothing";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "a word that is none of true, false and null";
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE:
      return "a number that isn't one";
    case simdjson::UTF8_ERROR:
      return "bytes that aren't UTF-8";
    case simdjson::UNESCAPED_CHARS:
      return "a line's end or the like within a text";
    case simdjson::UNCLOSED_STRING:
      return "a text without its second quote";
    case simdjson::INCORRECT_TYPE:
      return "a value of another kind than it must be";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "a list or an object without its end";
    case simdjson::TRAILING_CONTENT:
      return "something follows the end";
    default:
      return "a comma, a colon, a bracket or a value is missing";
  }
}

}  // namespace doppel::dataset
