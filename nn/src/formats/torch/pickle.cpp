#include "pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "doppel/base/error.h"

namespace doppel::nn::torch {
namespace {

constexpr std::size_t kMostValues = 1 << 22;
constexpr int kDeepest = 32;

/// A pickle machine with a stack and a memo (Python's pickletools describes the opcodes).
class Machine {
 public:
  explicit Machine(std::span<const unsigned char> pickle) : pickle_(pickle) {}

  Value run() {
    while (true) {
      const unsigned char op = byte();
      if (op == '.') return pop();
      step(op);
      if (stack_.size() + memo_.size() > kMostValues) fail("has too many values");
    }
  }

 private:
  [[noreturn]] static void fail(const std::string& what) { throw Error("the pickle " + what); }

  unsigned char byte() {
    if (at_ >= pickle_.size()) fail("is cut short");
    return pickle_[at_++];
  }
  std::uint64_t number(int size) {
    std::uint64_t v = 0;
    for (int i = 0; i < size; ++i) v |= static_cast<std::uint64_t>(byte()) << (8 * i);
    return v;
  }
  std::string text(std::uint64_t size) {
    if (size > pickle_.size() - at_) fail("is cut short");
    const auto* from = pickle_.data() + at_;
    at_ += size;
    return {from, from + size};
  }
  std::string line() {
    std::string s;
    for (unsigned char c = byte(); c != '\n'; c = byte()) s += static_cast<char>(c);
    return s;
  }

  void push(Value value) { stack_.push_back(std::move(value)); }
  Value pop() {
    const std::size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) fail("takes more than there is");
    Value top = std::move(stack_.back());
    stack_.pop_back();
    return top;
  }
  const Value& top() const {
    if (stack_.empty()) fail("takes more than there is");
    return stack_.back();
  }
  /// What was pushed since the last mark.
  std::vector<Value> pop_mark() {
    if (marks_.empty()) fail("has a mark too few");
    const auto from = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    marks_.pop_back();
    std::vector<Value> items(std::make_move_iterator(from), std::make_move_iterator(stack_.end()));
    stack_.erase(from, stack_.end());
    return items;
  }
  static Value tuple(std::vector<Value> items) {
    auto made = std::make_shared<Tuple>(Tuple{std::move(items)});
    for (const Value& item : made->items)
      if (const auto* inner = std::get_if<std::shared_ptr<Tuple>>(&item.is))
        made->depth = std::max(made->depth, (*inner)->depth + 1);
    if (made->depth > kDeepest) fail("is nested too deep");
    return {std::move(made)};
  }
  static Value dictionary() { return {std::make_shared<Dictionary>()}; }
  void push_tuple(std::size_t count) {
    std::vector<Value> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    push(tuple(std::move(items)));
  }
  template <class T>
  static const T& as(const Value& value) {
    const T* is = std::get_if<T>(&value.is);
    if (!is) fail("has another kind of value than tensors need");
    return *is;
  }

  void step(unsigned char op) {
    switch (op) {
      case 0x80:
        number(1);
        return;  // PROTO
      case 0x95:
        number(8);
        return;  // FRAME
      case '(':
        marks_.push_back(stack_.size());
        return;  // MARK
      case '0':
        pop();
        return;  // POP
      case ')':
        push(tuple({}));
        return;  // EMPTY_TUPLE
      case ']':
        push(tuple({}));
        return;  // EMPTY_LIST
      case '}':
        push(dictionary());
        return;  // EMPTY_DICT
      case 't':
        push(tuple(pop_mark()));
        return;  // TUPLE
      case 0x85:
        return push_tuple(1);
      case 0x86:
        return push_tuple(2);
      case 0x87:
        return push_tuple(3);
      case 'N':
        push({});
        return;  // NONE
      case 0x88:
        push({true});
        return;  // NEWTRUE
      case 0x89:
        push({false});
        return;  // NEWFALSE
      case 'J':
        push({static_cast<std::int64_t>(static_cast<std::int32_t>(number(4)))});
        return;
      case 'K':
        push({static_cast<std::int64_t>(number(1))});
        return;
      case 'M':
        push({static_cast<std::int64_t>(number(2))});
        return;
      case 0x8a:
        return push_long();
      case 'G':
        push({std::bit_cast<double>(__builtin_bswap64(number(8)))});
        return;  // BINFLOAT
      case 'X':
        push({text(number(4))});
        return;  // BINUNICODE
      case 0x8c:
        push({text(number(1))});
        return;  // SHORT_BINUNICODE
      case 'q':
        memo_[number(1)] = top();
        return;  // BINPUT
      case 'r':
        memo_[number(4)] = top();
        return;  // LONG_BINPUT
      case 0x94:
        memo_[memo_.size()] = top();
        return;  // MEMOIZE
      case 'h':
        return recall(number(1));
      case 'j':
        return recall(number(4));
      case 'c': {  // GLOBAL
        const std::string module = line();
        push({Global{module + "." + line()}});
        return;
      }
      case 0x93: {  // STACK_GLOBAL
        const std::string name = as<std::string>(pop());
        push({Global{as<std::string>(pop()) + "." + name}});
        return;
      }
      default:
        collect(op);
    }
  }

  /// What fills a container, or would call something.
  void collect(unsigned char op) {
    switch (op) {
      case 'a':
        pop();
        return;  // APPEND: what lists hold is never a tensor's
      case 'e':
        pop_mark();
        return;    // APPENDS
      case 's': {  // SETITEM
        Value value = pop(), key = pop();
        set(*as<std::shared_ptr<Dictionary>>(top()), std::move(key), std::move(value));
        return;
      }
      case 'u': {  // SETITEMS
        std::vector<Value> items = pop_mark();
        if (items.size() % 2 != 0) fail("has a key without a value");
        Dictionary& target = *as<std::shared_ptr<Dictionary>>(top());
        for (std::size_t i = 0; i < items.size(); i += 2)
          set(target, std::move(items[i]), std::move(items[i + 1]));
        return;
      }
      case 'b':
        pop();
        return;  // BUILD: attributes of the dictionary, as _metadata
      case 'Q':
        return push_storage();
      case 'R':
        return reduce();
      default:
        fail(fmt::format("has the opcode {:#04x}, which no file of tensors needs", op));
    }
  }

  static void set(Dictionary& target, Value key, Value value) {
    if (auto* inner = std::get_if<std::shared_ptr<Dictionary>>(&value.is)) {
      if ((*inner)->has_inside || target.is_inside || inner->get() == &target) {
        value = {};
      } else {
        (*inner)->is_inside = true;
        target.has_inside = true;
      }
    }
    target.pairs.emplace_back(std::move(key), std::move(value));
  }

  void push_long() {
    const int size = static_cast<int>(number(1));
    if (size > 8) fail("has a number of more than 64 bits");
    std::uint64_t v = number(size);
    if (size > 0 && size < 8 && (v >> (8 * size - 1)) != 0) v |= ~std::uint64_t{0} << (8 * size);
    push({static_cast<std::int64_t>(v)});
  }
  void recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail("recalls what it never kept");
    push(found->second);
  }

  /// ("storage", type, key, device, count)
  void push_storage() {
    const auto tuple_of = as<std::shared_ptr<Tuple>>(pop());
    const auto& items = tuple_of->items;
    if (items.size() != 5 || as<std::string>(items[0]) != "storage")
      fail("keeps its numbers in an unknown way");
    const std::string& type = as<Global>(items[1]).name;
    if (!type.starts_with("torch.") || !type.ends_with("Storage"))
      fail(fmt::format("names {}, which is no storage of numbers", type));
    push({Storage{type.substr(6), as<std::string>(items[2]), as<std::int64_t>(items[4])}});
  }

  void reduce() {
    const auto given = as<std::shared_ptr<Tuple>>(pop());
    const auto& a = given->items;
    const std::string name = as<Global>(pop()).name;
    if (name == "collections.OrderedDict" && a.empty()) return push(dictionary());
    if (name == "torch._utils._rebuild_tensor_v2" && a.size() >= 4) {
      const auto sides = [](const Value& value) {
        std::vector<std::int64_t> numbers;
        for (const Value& side : as<std::shared_ptr<Tuple>>(value)->items)
          numbers.push_back(as<std::int64_t>(side));
        return numbers;
      };
      return push({Tensor{as<Storage>(a[0]), as<std::int64_t>(a[1]), sides(a[2]), sides(a[3])}});
    }
    if (name == "torch._utils._rebuild_parameter" && !a.empty()) return push({as<Tensor>(a[0])});
    fail(fmt::format("calls {}, which makes no tensor; nothing of it was executed", name));
  }

  std::span<const unsigned char> pickle_;
  std::size_t at_ = 0;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;
  std::map<std::uint64_t, Value> memo_;
};

}  // namespace

Value unpickle(std::span<const unsigned char> pickle) { return Machine(pickle).run(); }

}  // namespace doppel::nn::torch
