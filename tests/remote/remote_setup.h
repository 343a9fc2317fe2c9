// What a test of data on the network begins with: nothing of this machine's user, and short deadlines.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "dataset/temporary_folder.h"
#include "doppel/base/remote.h"
#include "remote/object_server.h"

namespace doppel::test {

/// A folder of buckets, a home without credentials, and a cache; all go at the end.
class RemoteSetup {
 public:
  explicit RemoteSetup(bool with_cache = false) {
    for (const char* name : {"AWS_ACCESS_KEY_ID",
                             "AWS_SECRET_ACCESS_KEY",
                             "AWS_SESSION_TOKEN",
                             "AWS_PROFILE",
                             "AWS_DEFAULT_PROFILE",
                             "AWS_REGION",
                             "AWS_DEFAULT_REGION",
                             "AWS_ENDPOINT_URL",
                             "AWS_ENDPOINT_URL_S3",
                             "AWS_CA_BUNDLE",
                             "AWS_SHARED_CREDENTIALS_FILE",
                             "AWS_CONFIG_FILE",
                             "HF_TOKEN",
                             "HUGGING_FACE_HUB_TOKEN",
                             "HF_HOME",
                             "HF_ENDPOINT",
                             "HF_TOKEN_PATH",
                             "GOOGLE_APPLICATION_CREDENTIALS",
                             "GOOGLE_OAUTH_ACCESS_TOKEN",
                             "CLOUDSDK_AUTH_ACCESS_TOKEN",
                             "CLOUDSDK_CONFIG",
                             "STORAGE_EMULATOR_HOST",
                             "CURL_CA_BUNDLE",
                             "SSL_CERT_FILE"})
      ::unsetenv(name);
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"})
      ::unsetenv(name);
    std::filesystem::create_directories(objects());
    std::filesystem::create_directories(folder_.path() / "home");
    set("HOME", (folder_.path() / "home").string());
    RemoteOptions options;
    if (with_cache) options.cache = cache();
    options.deadline = std::chrono::milliseconds(5000);
    set_remote(options);
  }
  std::filesystem::path objects() const { return folder_.path() / "objects"; }
  std::filesystem::path home() const { return folder_.path() / "home"; }
  std::filesystem::path cache() const { return folder_.path() / "cache"; }
  void set(const char* variable, const std::string& value) const { ::setenv(variable, value.c_str(), 1); }
  /// Writes an object: "bucket/key".
  void put(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = objects() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }
  /// Bytes that look like nothing else's.
  static std::string noise(std::size_t size, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
  }

 private:
  dataset::TemporaryFolder folder_;
};

}  // namespace doppel::test
