#include "distributed/tree_sum.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace doppel::nn {
namespace {

/// The sum in brackets, of leaves that are numbered from `first`.
std::string in_brackets(int leaves, int first = 0) {
  std::vector<std::string> terms;
  for (int i = 0; i < leaves; ++i) terms.push_back(std::to_string(first + i));
  sum_by_tree(leaves, [&](int to, int from) {
    std::string& sum = terms[static_cast<std::size_t>(to)];
    sum = "(" + sum + "+" + terms[static_cast<std::size_t>(from)] + ")";
  });
  return terms[0];
}

TEST(TreeSum, IsBalancedWhereItCanBe) {
  EXPECT_EQ(in_brackets(1), "0");
  EXPECT_EQ(in_brackets(3), "((0+1)+2)");
  EXPECT_EQ(in_brackets(4), "((0+1)+(2+3))");
  EXPECT_EQ(in_brackets(6), "(((0+1)+(2+3))+(4+5))");
}

TEST(TreeSum, OfSumsIsThatOfTheirLeaves) {
  for (const int leaves : {8, 12, 24})
    for (int each = 1; leaves % each == 0; each *= 2) {
      std::vector<std::string> sums;
      for (int i = 0; i < leaves; i += each) sums.push_back(in_brackets(each, i));
      sum_by_tree(leaves / each, [&](int to, int from) {
        std::string& sum = sums[static_cast<std::size_t>(to)];
        sum = "(" + sum + "+" + sums[static_cast<std::size_t>(from)] + ")";
      });
      EXPECT_EQ(sums[0], in_brackets(leaves)) << leaves << " by " << each;
    }
}

TEST(TreeSum, OfLeavesMadeInTurnIsTheSame) {
  for (int leaves = 1; leaves <= 24; ++leaves) {
    std::vector<std::string> buffers(static_cast<std::size_t>(tree_buffers(leaves)));
    make_by_tree(
        0, leaves, 0,
        [&](int i, int buffer) { buffers.at(static_cast<std::size_t>(buffer)) = std::to_string(i); },
        [&](int to, int from) {
          std::string& sum = buffers.at(static_cast<std::size_t>(to));
          sum = "(" + sum + "+" + buffers.at(static_cast<std::size_t>(from)) + ")";
        });
    EXPECT_EQ(buffers[0], in_brackets(leaves)) << leaves;
  }
}

}  // namespace
}  // namespace doppel::nn
