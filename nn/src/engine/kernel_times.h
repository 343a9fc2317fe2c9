// What kernels took on this machine, kept from run to run.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace doppel::nn::engine {

/// Seconds by kernel, by what they compute. Kept in a file, so that a network runs the same kernels, and
/// gives the same bits, whenever it's trained on this machine. Calls may come from several threads; of
/// several processes each keeps what the others have written.
class KernelTimes {
 public:
  using Times = std::map<std::string, double>;

  /// Empty, or a place where nothing can be written: kept in memory only.
  explicit KernelTimes(std::filesystem::path file);
  /// Those of this user and machine: see kernel_times_file().
  static KernelTimes& of_machine();

  /// What is known of `work` for all of these kernels, or else what `measure` finds. One measures at a time.
  Times get(const std::string& work, std::span<const std::string> kernels,
            const std::function<Times()>& measure);
  /// What is known of `work`, if it's of all of these kernels: somebody may have written other names.
  std::optional<Times> find(const std::string& work, std::span<const std::string> kernels);
  /// What was wrong with the file, each once.
  std::vector<std::string> notes();

 private:
  void read();
  void write();
  std::optional<Times> known(const std::string& work, std::span<const std::string> kernels) const;
  void note(const std::string& what);

  std::filesystem::path file_;
  std::mutex mutex_;
  std::map<std::string, Times> known_;
  std::vector<std::string> notes_;
};

/// The processor, the instructions that oneDNN may use of it, its version and ours: what times depend on.
std::string machine_name();

}  // namespace doppel::nn::engine
