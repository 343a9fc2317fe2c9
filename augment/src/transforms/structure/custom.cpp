#include "doppel/augment/transforms/structure/custom.h"

#include <fmt/format.h>

#include "doppel/augment/plan/custom_op.h"
#include "doppel/base/error.h"
#include "transforms/chance_field.h"

namespace doppel::augment {

void Custom::draw(Draft& draft, const Stream& stream) const {
  if (op.empty()) return;
  augment::op::Custom drawn{op, arguments, stream.bits("seed")};
  for (std::size_t i = 0; i < to.size(); ++i)
    drawn.arguments[i] = stream.split("argument", i).uniform("value", arguments[i], to[i]);
  draft.append(std::move(drawn));
}
void Custom::fields(FieldVisitor& visit) {
  visit({"op", {}, "", "the name that it was registered by"}, op);
  visit({"arguments", {}, "", "what it gets"}, arguments);
  visit({"to", {}, "", "where not empty: each argument is drawn between the two"}, to);
  visit_chance(visit, p);
  if (!to.empty() && to.size() != arguments.size())
    throw UsageError(fmt::format("Custom: {} arguments, but `to` has {}", arguments.size(), to.size()));
  if (op.empty()) return;
  try {
    (void)registered_op(op);
  } catch (const Error& error) { throw UsageError(fmt::format("Custom: {}", error.what())); }
}

}  // namespace doppel::augment
