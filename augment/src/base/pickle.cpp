#include "doppel/base/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "doppel/base/error.h"

namespace doppel {
namespace {

[[noreturn]] void fail(const std::string& what) { throw Error("the pickle " + what); }

/// Numbers and texts, one after another.
class PickleBytes {
 public:
  explicit PickleBytes(std::span<const unsigned char> bytes) : bytes_(bytes) {}
  bool at_end() const { return at_ == bytes_.size(); }
  std::size_t at() const { return at_; }
  unsigned char byte() {
    if (at_ >= bytes_.size()) fail("is cut short");
    return bytes_[at_++];
  }
  /// Little-endian.
  std::uint64_t number(int size) {
    std::uint64_t v = 0;
    for (int i = 0; i < size; ++i) v |= static_cast<std::uint64_t>(byte()) << (8 * i);
    return v;
  }
  std::int64_t signed_number(int size) {
    if (size == 0) return 0;
    const int unused = 64 - 8 * size;
    return static_cast<std::int64_t>(number(size) << unused) >> unused;
  }
  std::string_view text(std::uint64_t size) {
    if (size > bytes_.size() - at_) fail("is cut short");
    const auto* from = reinterpret_cast<const char*>(bytes_.data() + at_);
    at_ += size;
    return {from, size};
  }
  std::string_view line() {
    const std::size_t from = at_;
    while (byte() != '\n') {}
    return {reinterpret_cast<const char*>(bytes_.data() + from), at_ - 1 - from};
  }

 private:
  std::span<const unsigned char> bytes_;
  std::size_t at_ = 0;
};

/// Values that are all in their opcode, as Python's pickletools names them; false for other opcodes.
bool read_value(unsigned char op, PickleBytes& in, PickleValue& value) {
  switch (op) {
    case 'N':  // NONE
      return value = {}, true;
    case 0x88:  // NEWTRUE
      return value = true, true;
    case 0x89:  // NEWFALSE
      return value = false, true;
    case 'J':  // BININT
      return value = in.signed_number(4), true;
    case 'K':  // BININT1
      return value = static_cast<std::int64_t>(in.number(1)), true;
    case 'M':  // BININT2
      return value = static_cast<std::int64_t>(in.number(2)), true;
    case 0x8a: {  // LONG1
      const int size = in.byte();
      if (size > 8) fail("has a number of more than 64 bits");
      return value = in.signed_number(size), true;
    }
    case 'G':  // BINFLOAT, big-endian
      return value = std::bit_cast<double>(__builtin_bswap64(in.number(8))), true;
    case 'U':   // SHORT_BINSTRING
    case 'C':   // SHORT_BINBYTES
    case 0x8c:  // SHORT_BINUNICODE
      return value = in.text(in.number(1)), true;
    case 'T':  // BINSTRING
    case 'B':  // BINBYTES
    case 'X':  // BINUNICODE
      return value = in.text(in.number(4)), true;
    case 0x8e:  // BINBYTES8
    case 0x8d:  // BINUNICODE8
      return value = in.text(in.number(8)), true;
    default:
      return false;
  }
}

}  // namespace

/// A stack and a memo.
class PickleMachine {
 public:
  PickleMachine(Pickle& pickle, std::span<const unsigned char> bytes,
                std::span<const std::string_view> allowed, std::size_t most_values)
      : pickle_(pickle), in_(bytes), allowed_(allowed), most_values_(most_values) {}

  PickleValue run(PickleEnd end) {
    while (true) {
      const unsigned char op = in_.byte();
      if (op == '.') {
        if (end == PickleEnd::OfBytes && !in_.at_end()) fail("has something that follows its end");
        pickle_.size_ = in_.at();
        return pop();
      }
      PickleValue value;
      if (read_value(op, in_, value))
        push(value);
      else if (!remember(op) && !make(op) && !fill(op))
        fail(fmt::format("has the opcode {:#04x}, which no file of numbers needs", op));
      if (++steps_ > 4 * most_values_ || stack_.size() + memo_.size() > most_values_)
        fail("has too many values");
    }
  }

 private:
  void push(PickleValue value) { stack_.push_back(value); }
  PickleValue pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("takes more than there is");
    const PickleValue top = stack_.back();
    stack_.pop_back();
    return top;
  }
  const PickleValue& top() const {
    if (stack_.empty()) fail("takes more than there is");
    return stack_.back();
  }
  /// What was pushed since the last mark.
  std::vector<PickleValue> pop_mark() {
    if (marks_.empty()) fail("has a mark too few");
    const auto from = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    marks_.pop_back();
    std::vector<PickleValue> items(from, stack_.end());
    stack_.erase(from, stack_.end());
    return items;
  }
  PickleList* list(std::vector<PickleValue> items) {
    return &pickle_.lists_.emplace_back(PickleList{std::move(items)});
  }
  void push_tuple(std::size_t count) {
    std::vector<PickleValue> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    push(list(std::move(items)));
  }
  /// Names of classes are short; long texts, recalled over and over, would be many copies.
  void push_named(std::string_view module, std::string_view name) {
    constexpr std::size_t kMost = 1000;
    if (module.size() > kMost || name.size() > kMost) fail("has a name of more than 1,000 bytes");
    push(&pickle_.calls_.emplace_back(PickleCall{fmt::format("{}.{}", module, name)}));
  }

  /// Frames, marks, and the memo.
  bool remember(unsigned char op) {
    switch (op) {
      case 0x80:  // PROTO
        return in_.number(1), true;
      case 0x95:  // FRAME
        return in_.number(8), true;
      case '(':  // MARK
        return marks_.push_back(stack_.size()), true;
      case '0':  // POP
        return pop(), true;
      case 'q':  // BINPUT
        return memo_[in_.number(1)] = top(), true;
      case 'r':  // LONG_BINPUT
        return memo_[in_.number(4)] = top(), true;
      case 0x94:  // MEMOIZE
        return memo_[memo_.size()] = top(), true;
      case 'h':  // BINGET
        return recall(in_.number(1)), true;
      case 'j':  // LONG_BINGET
        return recall(in_.number(4)), true;
      default:
        return false;
    }
  }
  void recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail("recalls what it never kept");
    push(found->second);
  }

  /// What holds others, and names.
  bool make(unsigned char op) {
    switch (op) {
      case ')':  // EMPTY_TUPLE
      case ']':  // EMPTY_LIST
        return push(list({})), true;
      case '}':  // EMPTY_DICT
        return push(&pickle_.dictionaries_.emplace_back()), true;
      case 't':  // TUPLE
      case 'l':  // LIST
        return push(list(pop_mark())), true;
      case 0x85:  // TUPLE1 to TUPLE3
      case 0x86:
      case 0x87:
        return push_tuple(op - 0x84U), true;
      case 'c': {  // GLOBAL
        const std::string_view module = in_.line();
        return push_named(module, in_.line()), true;
      }
      case 0x93: {  // STACK_GLOBAL
        const PickleValue name = pop(), module = pop();
        return push_named(pickled<std::string_view>(module), pickled<std::string_view>(name)), true;
      }
      case 'Q':  // BINPERSID
        return call(PickleCall{"persistent id", list({pop()})}), true;
      case 0x81: {  // NEWOBJ
        pop();
        throw PickledObject(class_name(*pickled<PickleCall*>(pop())));
      }
      case 'R': {  // REDUCE
        PickleList* given = pickled<PickleList*>(pop());
        return call(PickleCall{pickled<PickleCall*>(pop())->name, given}), true;
      }
      default:
        return false;
    }
  }
  /// PyTorch before 1.6 had its reader find classes: ("module", class, file, text).
  static std::string class_name(const PickleCall& named) {
    if (named.given && !named.given->items.empty())
      if (auto* const* asked = std::get_if<PickleList*>(&named.given->items[0]);
          asked && (*asked)->items.size() > 1)
        if (auto* const* found = std::get_if<PickleCall*>(&(*asked)->items[1])) return (*found)->name;
    return named.name;
  }
  void call(PickleCall made) {
    if (std::ranges::find(allowed_, made.name) == allowed_.end())
      fail(fmt::format("calls {}, which no such file needs; nothing of it was executed", made.name));
    push(&pickle_.calls_.emplace_back(std::move(made)));
  }

  /// What goes into what is there.
  bool fill(unsigned char op) {
    switch (op) {
      case 'a': {  // APPEND
        const PickleValue item = pop();
        return pickled<PickleList*>(top())->items.push_back(item), true;
      }
      case 'e': {  // APPENDS
        const std::vector<PickleValue> items = pop_mark();
        auto& all = pickled<PickleList*>(top())->items;
        return all.insert(all.end(), items.begin(), items.end()), true;
      }
      case 's': {  // SETITEM
        const PickleValue value = pop(), key = pop();
        return set({key, value}), true;
      }
      case 'u':  // SETITEMS
        return set(pop_mark()), true;
      case 'b': {  // BUILD: an object's state; a dictionary's attributes are nobody's data
        const PickleValue state = pop();
        if (auto* const* made = std::get_if<PickleCall*>(&top())) (*made)->state = state;
        return true;
      }
      default:
        return false;
    }
  }
  void set(const std::vector<PickleValue>& items) {
    if (items.size() % 2 != 0) fail("has a key without a value");
    auto* const* made = std::get_if<PickleCall*>(&top());
    if (made && !(*made)->items) (*made)->items = &pickle_.dictionaries_.emplace_back();
    auto& pairs = (made ? (*made)->items : pickled<PickleDictionary*>(top()))->pairs;
    for (std::size_t i = 0; i < items.size(); i += 2) pairs.emplace_back(items[i], items[i + 1]);
  }

  Pickle& pickle_;
  PickleBytes in_;
  std::span<const std::string_view> allowed_;
  std::size_t most_values_, steps_ = 0;
  std::vector<PickleValue> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, PickleValue> memo_;
};

Pickle::Pickle(std::span<const unsigned char> bytes, std::span<const std::string_view> allowed,
               std::size_t most_values, PickleEnd end)
    : value_(PickleMachine(*this, bytes, allowed, most_values).run(end)) {}

PickledObject::PickledObject(const std::string& name)
    : Error(fmt::format(
          "the pickle makes an object of {}, which only its own code can read; nothing of it was executed",
          name)),
      name_(name) {}

const PickleValue* PickleDictionary::find(std::string_view key) const {
  for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair)
    if (pair->first == PickleValue(key)) return &pair->second;
  return nullptr;
}

const PickleDictionary* dictionary_in(const PickleValue& value) {
  if (auto* const* dictionary = std::get_if<PickleDictionary*>(&value)) return *dictionary;
  auto* const* made = std::get_if<PickleCall*>(&value);
  return made && (*made)->name == "collections.OrderedDict" ? (*made)->items : nullptr;
}

template <class T>
const T& pickled(const PickleValue& value) {
  const T* is = std::get_if<T>(&value);
  if (!is) fail("has another kind of value than such a file needs");
  return *is;
}
template const bool& pickled(const PickleValue&);
template const std::int64_t& pickled(const PickleValue&);
template const double& pickled(const PickleValue&);
template const std::string_view& pickled(const PickleValue&);
template PickleList* const& pickled(const PickleValue&);
template PickleDictionary* const& pickled(const PickleValue&);
template PickleCall* const& pickled(const PickleValue&);

}  // namespace doppel
