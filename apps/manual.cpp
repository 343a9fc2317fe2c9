// doppel manual FOLDER: man pages and shells' completions, from the same lists as --help.
#include <fmt/format.h>

#include <filesystem>
#include <iomanip>
#include <sstream>

#include "command.h"
#include "common_options.h"
#include "completion.h"
#include "doppel/base/files.h"
#include "man_page.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;

/// Throws UsageError where an example isn't what its command takes.
void check_examples(const Command& command) {
  for (const std::string& example : command.examples) {
    std::istringstream text(example.substr(command.name.size()));
    Words words;
    for (std::string word; text >> std::quoted(word);) words.push_back(word);
    CommandLine(command, words);
  }
}

int run_manual(const CommandLine& line) {
  const fs::path folder = line.get<std::string>("folder");
  const auto write = [&](const fs::path& path, const std::string& text) {
    make_folder((folder / path).parent_path());
    write_file(folder / path, text);
  };
  write("man1/doppel.1", man_page_of_program());
  for (const Command& command : commands()) {
    check_examples(command);
    write("man1/" + page_name(command) + ".1", man_page(command));
  }
  write("completions/bash/doppel", bash_completion());
  write("completions/zsh/_doppel", zsh_completion());
  return 0;
}

}  // namespace

Command manual_command() {
  return {.name = "manual",
          .brief = "write the man pages, and completions for bash and zsh",
          .about =
              "Writes man pages into FOLDER/man1, and into FOLDER/completions what bash and zsh need to "
              "complete commands, options and their words. `man -M FOLDER doppel-train` shows a page; "
              "`. FOLDER/completions/bash/doppel` completes from there on. An installation has both.",
          .words = {{"folder", folder(), "where they go", Presence::Needed}},
          .examples = {"manual doppel-manual"},
          .run = run_manual};
}

}  // namespace doppel::apps
