// Data on the network: paths that begin with https://, s3://, gs:// or hf:// are read as those on the disk
// are.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace doppel {

/// Whether a path is one of the network: https://, http://, s3://, gs:// or hf://. Nothing is asked for.
bool is_remote(std::string_view path);

/// How objects are read. One for the process.
struct RemoteOptions {
  /// The folder that keeps what was read, for other processes and other runs too; empty: nothing is kept.
  std::filesystem::path cache;
  /// Bytes that the cache may take, of all processes together. What is in use is not thrown out for
  /// what comes: a data set that doesn't fit is kept in part.
  std::uint64_t cache_bytes = std::uint64_t{16} << 30;
  /// For each piece of an object, tries included, without a byte having come.
  std::chrono::milliseconds deadline{60'000};
  std::uint64_t memory = std::uint64_t{64} << 20;  ///< bytes under way, and come but not taken yet
  int connections = 48;                            ///< at once
};
/// From then on. Throws UsageError where a number can't be. Before the first such path is opened.
void set_remote(const RemoteOptions& options);
/// As set, or where nothing was: a cache in $XDG_CACHE_HOME/doppel/objects (or ~/.cache/…), or where
/// $DOPPEL_CACHE says ("none": no cache), of $DOPPEL_CACHE_SIZE ("64G").
RemoteOptions remote_options();
/// Once `stop` is true, whoever waits for the network gets an Interrupted, a tenth of a second later. Null:
/// waits end by themselves. It must outlive the process' work.
void stop_waiting_when(const std::atomic<bool>* stop);
/// "64G", "500M", "1.5T" or a number of bytes. Throws UsageError.
std::uint64_t bytes_of_text(std::string_view text);

/// What the network was asked for until now.
struct RemoteCounts {
  std::uint64_t requests = 0;          ///< answered or not
  std::uint64_t retries = 0;           ///< of them, because the one before failed
  std::uint64_t bytes = 0;             ///< that came
  std::uint64_t bytes_from_cache = 0;  ///< that were read from the cache instead
  std::vector<std::string> notes;      ///< that the cache couldn't be used, and why
};
/// Of this process.
RemoteCounts remote_counts();

/// Writes a file of the disk as an object of s3:// or gs://, whole or not at all: large ones in parts,
/// several at once, each with its tries. Throws Error.
void upload_file(const std::filesystem::path& file, const std::filesystem::path& object);

/// Throws UsageError where objects of that store can't be written, without asking it.
void check_writable(const std::filesystem::path& object);

/// An https address without what follows '?': it is remembered, sent with every request for that object, and
/// never shown, since it often holds a signature. Other paths are what they were.
std::string without_query(const std::string& address);

}  // namespace doppel
