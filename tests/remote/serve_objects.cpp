// serve_objects FOLDER [port=N] [host=A] [key=K secret=S token=T] [fails=X] [stalls=X] [truncates=X] [seed=N]
// [delay=MS] [ranges=0] [tags=0] [pages=1]: prints its port and serves until it's killed.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "object_server.h"

int main(int count, char** words) try {
  if (count < 2) return 2;
  doppel::test::ServerOptions options;
  for (int i = 2; i < count; ++i) {
    const std::string word = words[i], name = word.substr(0, word.find('=')),
                      value = word.substr(name.size() + 1);
    if (name == "port")
      options.port = std::stoi(value);
    else if (name == "host")
      options.host = value;
    else if (name == "key")
      options.key = value;
    else if (name == "secret")
      options.secret = value;
    else if (name == "token")
      options.token = value;
    else if (name == "fails")
      options.fails = std::stod(value);
    else if (name == "stalls")
      options.stalls = std::stod(value);
    else if (name == "truncates")
      options.truncates = std::stod(value);
    else if (name == "delay")
      options.delay = std::stoi(value);
    else if (name == "seed")
      options.seed = static_cast<unsigned>(std::stoul(value));
    else if (name == "ranges")
      options.ranges = value != "0";
    else if (name == "tags")
      options.tags = value != "0";
    else if (name == "pages")
      options.pages = value != "0";
    else
      throw std::invalid_argument(word);
  }
  doppel::test::ObjectServer server(words[1], options);
  fmt::print("{}\n", server.port());
  std::fflush(stdout);
  server.wait();
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "serve_objects: {}\n", error.what());
  return 1;
}
