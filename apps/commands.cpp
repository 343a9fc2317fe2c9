// The list of all commands.
#include "command.h"

namespace doppel::apps {

std::vector<Command> commands() {
  return {transforms_command(),    recipe_command(),    inspect_command(),       preview_command(),
          serve_command(),         gallery_command(),   augment_command(),       train_command(),
          launch_command(),        eval_command(),      predict_command(),       export_command(),
          import_command(),        gan_command(),       generate_command(),      study_command(),
          pack_command(),          verify_command(),    bench_load_command(),    bench_train_command(),
          bench_predict_command(), bench_gan_command(), bench_kernels_command(), schema_command(),
          manual_command(),        version_command()};
}

}  // namespace doppel::apps
