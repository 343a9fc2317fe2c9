// Processes that meet, sum and tell each other; here as threads.
#include "doppel/nn/distributed/group.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <exception>
#include <functional>
#include <thread>

#include "distributed/tree_sum.h"
#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/dataset/sources/source.h"
#include "nn/distributed/free_port.h"
#include "nn/distributed/together.h"

namespace doppel::nn {
namespace {

TEST(Group, SumsAndGathersInTheOrderOfRanks) {
  EXPECT_EQ(together(3,
                     [](Group& group) {
                       const double r = group.rank();
                       std::vector<float> sums{1, static_cast<float>(r), 1e8F * static_cast<float>(r == 2)};
                       group.sum(std::span<float>(sums));
                       EXPECT_EQ(sums, (std::vector<float>{3, 3, 1e8F}));
                       std::vector<double> all(6);
                       group.gather(std::vector<double>{r, 10 * r}, all);
                       EXPECT_EQ(all, (std::vector<double>{0, 0, 1, 10, 2, 20}));
                       group.agree("the word", "same");
                     }),
            kAllWell);
}

/// Numbers whose sum depends on its order.
std::vector<float> uneven(std::size_t count, int rank) {
  const Stream stream = Stream{.seed = 7}.split("rank", static_cast<std::uint64_t>(rank));
  std::vector<float> some;
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 997); ++i)
    some.push_back(static_cast<float>(stream.split("at", i).normal("v") * std::pow(10.0, double(i % 7))));
  std::vector<float> v(count);
  for (std::size_t i = 0; i < count; ++i) v[i] = some[i % some.size()];
  return v;
}

TEST(Group, SumsHaveTheBitsOfOneTreeWhateverTheirSize) {
  for (const int world : {2, 3, 4})
    for (const std::size_t count :
         {std::size_t{1}, std::size_t{5}, std::size_t{9000}, std::size_t{2'500'001}}) {
      std::vector<std::vector<float>> all;
      for (int rank = 0; rank < world; ++rank) all.push_back(uneven(count, rank));
      sum_by_tree(world, [&](int to, int from) {
        for (std::size_t i = 0; i < count; ++i)
          all[static_cast<std::size_t>(to)][i] += all[static_cast<std::size_t>(from)][i];
      });
      EXPECT_EQ(together(world,
                         [&](Group& group) {
                           std::vector<float> sums = uneven(count, group.rank());
                           group.sum(std::span<float>(sums));
                           EXPECT_TRUE(sums == all[0]) << world << " processes, " << count << " numbers";
                         }),
                std::vector<std::string>(static_cast<std::size_t>(world)));
    }
}

TEST(Group, AllHaveTheTextOfTheFirst) {
  EXPECT_EQ(together(3,
                     [](Group& group) {
                       std::string text = group.rank() == 0 ? "kernels: 3x3 \xc3\xa9" : "other";
                       group.share(text);
                       EXPECT_EQ(text, "kernels: 3x3 \xc3\xa9");
                     }),
            kAllWell);
}

TEST(Group, TheFirstCollectsWhatAllHave) {
  const auto text_of = [](int rank) {
    return std::string(rank == 1 ? 0 : 2'500'000 + static_cast<std::size_t>(rank),
                       static_cast<char>('a' + rank));
  };
  EXPECT_EQ(together(3,
                     [&](Group& group) {
                       const auto all = group.collect(text_of(group.rank()));
                       EXPECT_EQ(all.size(), group.rank() == 0 ? 3U : 0U);
                       for (std::size_t rank = 0; rank < all.size(); ++rank)
                         EXPECT_TRUE(all[rank] == text_of(static_cast<int>(rank))) << rank;
                     }),
            kAllWell);
}

TEST(Group, WhoIsLongWithoutACallLearnsOfLosses) {
  const auto ends = together(2, [](Group& group) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (group.rank() == 0 && std::chrono::steady_clock::now() < until) group.check();
  });
  EXPECT_NE(ends[0].find("process 1 of the group has left it"), std::string::npos) << ends[0];
}

TEST(Group, AKeyLetsIn) {
  const auto meet = [](const std::string& first_key, const std::string& second_key) {
    const std::string port = free_port();
    std::array<std::string, 2> ends;
    const auto one = [&](int rank, const std::string& key) {
      try {
        Group group({rank, 2, "127.0.0.1", port},
                    {.patience = std::chrono::seconds(5), .meeting = std::chrono::seconds(2), .key = key});
        group.agree("the word", "same");
      } catch (const Error& error) { ends[static_cast<std::size_t>(rank)] = error.what(); }
    };
    std::thread other([&] { one(1, second_key); });
    one(0, first_key);
    other.join();
    return ends;
  };
  EXPECT_EQ(meet("secret", "secret"), (std::array<std::string, 2>{}));
  auto ends = meet("secret", "guess");
  EXPECT_NE(ends[0].find("1 of 2 processes have come within 2 s: process 1 is missing; 1 had another key"),
            std::string::npos)
      << ends[0];
  EXPECT_NE(ends[1].find("has another key"), std::string::npos) << ends[1];
  ends = meet("secret", "");
  EXPECT_NE(ends[1].find("wants a key, and this process has none"), std::string::npos) << ends[1];
  ends = meet("", "secret");
  EXPECT_NE(ends[1].find("has no key, and this process has one"), std::string::npos) << ends[1];
}

TEST(Group, StrangersHoldNobodyUp) {
  const std::string port = free_port();
  const auto stranger = [&](const std::string& words) {
    int handle = -1;
    for (int i = 0; i < 200; ++i) {
      handle = socket(AF_INET, SOCK_STREAM, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      if (connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) break;
      close(std::exchange(handle, -1));
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (!words.empty()) send(handle, words.data(), words.size(), MSG_NOSIGNAL);
    return handle;
  };
  std::string end;
  std::thread first([&] {
    try {
      Group group({0, 2, "127.0.0.1", port}, kGroupOptions);
      group.agree("the word", "same");
    } catch (const Error& error) { end = error.what(); }
  });
  const std::array<int, 2> handles{stranger(""), stranger("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")};
  {
    Group second({1, 2, "127.0.0.1", port}, kGroupOptions);
    second.agree("the word", "same");
    first.join();
  }
  EXPECT_EQ(end, "");
  for (const int handle : handles) close(handle);
}

TEST(Group, WhoIsTooManyOrOfAnotherWorldIsNamed) {
  const auto meet = [](std::vector<GroupPlace> places) {
    const std::string port = free_port();
    std::vector<std::string> ends(places.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < places.size(); ++i)
      threads.emplace_back([&, i] {
        try {
          GroupPlace place = places[i];
          if (place.host.empty()) place.host = "127.0.0.1";
          place.port = port;
          Group group(place, {.meeting = std::chrono::seconds(3)});
        } catch (const Error& error) { ends[i] = error.what(); }
      });
    for (std::thread& thread : threads) thread.join();
    return ends;
  };
  auto ends = meet({{0, 3, "", ""}, {1, 3, "", ""}, {1, 3, "", ""}});
  EXPECT_EQ(ends[0], "there are two processes of rank 1");
  EXPECT_NE(ends[1].find("there are two processes of rank 1"), std::string::npos) << ends[1];
  EXPECT_NE(ends[2].find("there are two processes of rank 1"), std::string::npos) << ends[2];
  ends = meet({{0, 2, "", ""}, {1, 3, "", ""}});
  EXPECT_EQ(ends[0], "process 1 of 3 has come, but this is process 0 of 2");
  EXPECT_EQ(ends[1], "this is process 1 of 3, but process 0 is one of 2");
  ends = meet({{0, 2, "there.is.none.invalid", ""}});
  EXPECT_NE(ends[0].find("process 1 is missing; there is no there.is.none.invalid:"), std::string::npos)
      << ends[0];
  ends = meet({{0, 3, "", ""}, {2, 3, "", ""}});
  EXPECT_EQ(ends[0], "2 of 3 processes have come within 3 s: process 1 is missing");
  EXPECT_NE(ends[1].find("2 of 3 processes have come within 3 s: process 1 is missing"), std::string::npos)
      << ends[1];
}

TEST(Group, WhoHasComeWaitsLongerForTheOthersThanItsPatience) {
  const std::string port = free_port();
  const GroupOptions options{.patience = std::chrono::milliseconds(400), .meeting = std::chrono::seconds(10)};
  std::array<std::string, 3> ends;
  std::vector<std::thread> threads;
  for (int rank = 0; rank < 3; ++rank)
    threads.emplace_back([&, rank] {
      if (rank == 2) std::this_thread::sleep_for(std::chrono::seconds(2));
      try {
        Group group({rank, 3, "127.0.0.1", port}, options);
        group.agree("the word", "same");
      } catch (const Error& error) { ends[static_cast<std::size_t>(rank)] = error.what(); }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ends, (std::array<std::string, 3>{}));
}

TEST(Group, WhoCameAndDiedMayComeAgain) {
  const std::string port = free_port();
  std::array<std::string, 3> ends;
  std::atomic<bool> stop = false;
  const auto one = [&](int rank, std::string& end, const std::atomic<bool>* stops) {
    try {
      Group group({rank, 3, "127.0.0.1", port}, {.meeting = std::chrono::seconds(10), .stop = stops});
      group.agree("the word", "same");
    } catch (const Error& error) { end = error.what(); }
  };
  std::string dead;
  std::thread first([&] { one(0, ends[0], nullptr); }), died([&] { one(1, dead, &stop); });
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  stop = true;
  died.join();
  EXPECT_NE(dead.find("stopped while waiting"), std::string::npos) << dead;
  std::thread again([&] { one(1, ends[1], nullptr); }), last([&] { one(2, ends[2], nullptr); });
  for (std::thread* thread : {&first, &again, &last}) thread->join();
  EXPECT_EQ(ends, (std::array<std::string, 3>{}));
}

TEST(Group, WhoIsToldToStopWaitsNoLonger) {
  std::atomic<bool> stop = false, begun = false;
  const std::string port = free_port();
  std::string end;
  std::thread first([&] {
    try {
      Group group({0, 2, "127.0.0.1", port}, {.stop = &stop, .after_stop = std::chrono::seconds(1)});
      begun = true;
      begun.notify_one();
      double number = 1;
      group.sum(std::span(&number, 1));
    } catch (const Error& error) { end = error.what(); }
    begun = true;
    begun.notify_one();
  });
  {
    Group second({1, 2, "127.0.0.1", port}, {});  // which computes something long
    begun.wait(false);
    stop = true;
    first.join();
  }
  EXPECT_EQ(end, "stopped while waiting for process 1 of the group");
}

/// Samples that are nothing but names and labels.
class NamesAndLabels final : public dataset::Source {
 public:
  explicit NamesAndLabels(std::vector<std::pair<std::string, int>> all) : all_(std::move(all)) {}
  std::size_t size() const override { return all_.size(); }
  dataset::Item read(std::size_t index) const override {
    if (files.empty()) throw Error("nothing is read");
    return {.encoded = files[index % files.size()], .sample = {}};
  }
  std::string name(std::size_t index) const override { return all_[index].first; }
  int label(std::size_t index) const override { return all_[index].second; }
  const std::vector<std::string>& classes() const override { return classes_; }

  std::vector<std::vector<unsigned char>> files;  ///< of its images in turn; none: they can't be read

 private:
  std::vector<std::pair<std::string, int>> all_;
  std::vector<std::string> classes_{"a", "b"};
};

TEST(Group, SaysWhoseDataDiffer) {
  const NamesAndLabels first({{"/data/a/1.png", 0}, {"/data/b/2.png", 1}}),
      elsewhere({{"/mnt/a/1.png", 0}, {"/mnt/b/2.png", 1}}), fewer({{"/data/a/1.png", 0}}),
      turned({{"/data/b/2.png", 1}, {"/data/a/1.png", 0}}),
      labelled({{"/data/a/1.png", 1}, {"/data/b/2.png", 1}});
  const auto ends_with = [&](const NamesAndLabels& other) {
    return together(
        2, [&](Group& group) { group.agree_on_data("the data", group.rank() == 1 ? other : first); });
  };
  for (const std::string& end : ends_with(elsewhere)) EXPECT_EQ(end, "");
  for (const std::string& end : ends_with(fewer))
    EXPECT_NE(
        end.find("the data of process 1 isn't that of process 0 (1 samples of 2 classes, not 2 samples of 2 "
                 "classes)"),
        std::string::npos)
        << end;
  for (const NamesAndLabels* other : {&turned, &labelled})
    for (const std::string& end : ends_with(*other))
      EXPECT_NE(end.find("the data of process 1 isn't that of process 0: "), std::string::npos) << end;
}

TEST(Group, SaysWhosePicturesDiffer) {
  NamesAndLabels first({{"1.png", 0}, {"2.png", 1}, {"3.png", 0}}), other = first, none = first;
  first.files = {{1}, {2}, {3}};
  other.files = {{1}, {2}, {4}};
  const auto ends_with = [&](const NamesAndLabels& second) {
    return together(
        2, [&](Group& group) { group.agree_on_data("the data", group.rank() == 1 ? second : first); });
  };
  for (const std::string& end : ends_with(first)) EXPECT_EQ(end, "");
  for (const NamesAndLabels* second : {&other, &none})
    for (const std::string& end : ends_with(*second))
      EXPECT_NE(end.find("what pictures of the data show of process 1 isn't that of process 0"),
                std::string::npos)
          << end;
}

TEST(Group, SaysWhoDiffersAndWhoHasGone) {
  for (const std::string& end :
       together(3, [](Group& group) { group.agree("the network", group.rank() == 1 ? "fc" : "conv"); }))
    EXPECT_NE(end.find("the network of process 1 isn't that of process 0"), std::string::npos) << end;
  const auto ends = together(2, [](Group& group) {
    if (group.rank() == 1) return;
    std::vector<double> numbers(3);
    group.sum(std::span<double>(numbers));
  });
  EXPECT_NE(ends[0].find("process 1 of the group has left it"), std::string::npos) << ends[0];
}

TEST(Group, NobodyWaitsForever) {
  const GroupPlace place{1, 2, "127.0.0.1", free_port()};
  const GroupOptions short_of_time{.meeting = std::chrono::seconds(1)};
  EXPECT_THROW(Group(place, short_of_time), Error);
  const GroupPlace first{0, 2, "127.0.0.1", free_port()};
  EXPECT_THROW(Group(first, short_of_time), Error);
}

}  // namespace
}  // namespace doppel::nn
