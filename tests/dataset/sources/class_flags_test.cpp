#include "sources/class_flags.h"

#include <gtest/gtest.h>

namespace doppel::dataset {
namespace {

TEST(ClassFlags, AreColumnsOfYesAndNo) {
  ClassFlags flags;
  for (const char* name : {"numbers", "words", "blanks", "empty", "more"}) flags.add(name);
  for (const std::vector<const char*>& row :
       {std::vector<const char*>{"0", "True", "", " ", "0"}, {"1.0", "false", " 1 ", "", "2"}})
    for (std::size_t column = 0; column < row.size(); ++column) flags.say(column, row[column]);
  EXPECT_EQ(flags.names(), (std::vector<std::string>{"numbers", "words", "blanks"}));
}

}  // namespace
}  // namespace doppel::dataset
