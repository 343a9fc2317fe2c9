// What is still coming over the network when a process ends.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/random_file.h"
#include "in_child.h"
#include "remote/remote_setup.h"

namespace doppel {
namespace {

/// A bucket whose requests must be signed: "s3://b/x".
struct Bucket {
  explicit Bucket(int delay) {
    setup.put("b/x", test::RemoteSetup::noise(4'000'000));
    setup.set("AWS_ACCESS_KEY_ID", "AK");
    setup.set("AWS_SECRET_ACCESS_KEY", "SK");
    server.emplace(setup.objects(), test::ServerOptions{.key = "AK", .secret = "SK", .delay = delay});
    setup.set("AWS_ENDPOINT_URL", server->address());
  }

  test::RemoteSetup setup;
  std::optional<test::ObjectServer> server;
  pid_t process = ::getpid();
};

/// Until this process is over, the network's end included; a forked one leaves it alone.
void serve_until_exit(int delay = 0) {
  static const std::unique_ptr<Bucket, void (*)(Bucket*)> bucket(new Bucket(delay), [](Bucket* made) {
    if (::getpid() == made->process) delete made;
  });
}

/// Reads, and leaves many requests on their way, each of which takes libraries' work to begin.
void ask_and_exit() {
  std::atexit(
      [] { std::this_thread::sleep_for(std::chrono::milliseconds(200)); });  // behind the network's end
  static const RandomFile file("s3://b/x");
  std::vector<unsigned char> some(10);
  file.read(0, some);
  for (std::uint64_t at = 500'000; at < 4'000'000; at += 2'000) file.fetch(at, 10, true);
  std::exit(3);
}

struct RemoteExit : testing::Test {
  RemoteExit() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(RemoteExit, IsTheExitCodeAskedForWhileRequestsBegin) {
  EXPECT_EXIT((serve_until_exit(), ask_and_exit()), testing::ExitedWithCode(3), "");
}

TEST_F(RemoteExit, EndsThoseWhoWaitAndWhoComeLater) {
  const auto late = [] {
    serve_until_exit(60'000);
    std::atexit([] {  // called behind the network's end
      try {
        read_file("s3://b/x");
      } catch (const Error& error) {
        if (std::string(error.what()).find("the process ends") != std::string::npos) std::_Exit(4);
      }
    });
    static std::jthread waiting([] {  // joined there too
      try {
        read_file("s3://b/x");
      } catch (const Error&) {}
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::exit(3);
  };
  EXPECT_EXIT(late(), testing::ExitedWithCode(4), "");
}

TEST_F(RemoteExit, OfAForkedProcessLeavesTheNetworkToItsParent) {
  const auto forks = [] {
    serve_until_exit();
    static const RandomFile file("s3://b/x");
    std::vector<unsigned char> some(10);
    file.read(0, some);
    const int code = in_child([]() -> int { std::exit(5); });
    file.read(3'000'000, some);
    std::_Exit(code);
  };
  EXPECT_EXIT(forks(), testing::ExitedWithCode(5), "");
}

}  // namespace
}  // namespace doppel
