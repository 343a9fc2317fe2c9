// Which of the processes that train together one is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace doppel::nn {

/// A process's place among those that train together.
struct GroupPlace {
  int rank = 0;      ///< 0 to world - 1
  int world = 1;     ///< how many processes there are
  std::string host;  ///< where rank 0 listens: a name or an address
  std::string port;  ///< where rank 0 listens: a number or a service's name

  /// Of "RANK/WORLD@HOST:PORT", as "0/2@127.0.0.1:7000". Throws UsageError where it isn't that.
  static GroupPlace parse(std::string_view text);
  /// What a launcher has set: RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT (torchrun's; one port further
  /// where TORCHELASTIC_USE_AGENT_STORE says that the launcher listens at that one itself), or SLURM_PROCID,
  /// SLURM_NTASKS and SLURM_STEP_NODELIST, whose first host listens at a port of the job's number. Nothing
  /// where none has. Throws UsageError where they are there in part or aren't numbers.
  static std::optional<GroupPlace> of_environment();
  /// What mpirun or srun has told MPI, which this begins. Throws Error where doppel was built without MPI, or
  /// MPI can't begin.
  static GroupPlace of_mpi();
  /// True where mpirun started this process as one of several.
  static bool is_under_mpi();
};

}  // namespace doppel::nn
