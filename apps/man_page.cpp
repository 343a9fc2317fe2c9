#include "man_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "help.h"

namespace doppel::apps {
namespace {

/// One character of UTF-8 as roff's \[uXXXX]; moves `at` to its last byte.
std::string code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  unsigned code = lead & (0x3fU >> more);
  for (std::size_t i = 0; i < more && at + 1 < text.size(); ++i)
    code = code << 6 | (static_cast<unsigned char>(text[++at]) & 0x3fU);
  return fmt::format("\\[u{:04X}]", code);
}

/// Text that roff prints as it is, hyphens as those that can be copied into a shell.
std::string plain(std::string_view text) {
  std::string roff;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80)
      roff += code_point(text, i);
    else if (text[i] == '-')
      roff += "\\-";
    else if (text[i] == '\\')
      roff += "\\e";
    else if (text[i] == '\'')
      roff += "\\(aq";
    else if (text[i] == '`')
      roff += "\\(ga";
    else
      roff += text[i];
  }
  return !roff.empty() && roff[0] == '.' ? "\\&" + roff : roff;
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

/// A paragraph with a tag at its left.
std::string tagged(const std::string& tag, const std::string& text) {
  return fmt::format(".TP\n{}\n{}\n", tag, text);
}

std::string head(const std::string& name, std::string_view brief) {
  std::string upper = name;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return fmt::format(".TH \"{}\" 1 \"\" \"doppel {}\" \"doppel\"\n.SH NAME\n{} \\- {}\n", plain(upper),
                     DOPPEL_VERSION, plain(name), plain(brief));
}

std::string options(const Command& command, const std::vector<Option>& some) {
  std::string text;
  for (const Option& option : some) {
    const std::string name = shown_name(command, option), placeholder = placeholder_of(option.kind);
    std::string tag = name == placeholder ? italic(typed(command, option)) : bold(name);
    if (name != placeholder && !placeholder.empty()) tag += " " + italic(placeholder);
    text += tagged(tag, plain(described(option)));
  }
  return text;
}

std::string exit_status() {
  return ".SH EXIT STATUS\n" + tagged("0", "It is done.") +
         tagged("1", "It failed: a file that isn\\(aqt there, a broken image, a full disk.") +
         tagged("2", "It was asked for wrongly; the message says what would be right.");
}

std::string examples(const Words& lines) {
  std::string text = lines.empty() ? "" : ".SH EXAMPLES\n";
  for (const std::string& line : lines) text += fmt::format(".PP\n.nf\n{}\n.fi\n", bold("doppel " + line));
  return text;
}

/// The other pages of a family, and the program's.
std::string see_also(const Command& command) {
  const std::size_t space = command.name.find(' ');
  std::string text = ".SH SEE ALSO\n.BR doppel (1)";
  for (const Command& other : commands())
    if (space != std::string::npos && other.name != command.name &&
        other.name.starts_with(command.name.substr(0, space + 1)))
      text += fmt::format(",\n.BR {} (1)", plain(page_name(other)));
  return text + "\n";
}

}  // namespace

std::string page_name(const Command& command) {
  std::string name = "doppel-" + command.name;
  std::ranges::replace(name, ' ', '-');
  return name;
}

std::string man_page(const Command& command) {
  const std::string usage = usage_of(command);
  std::string text = head(page_name(command), command.brief);
  text += fmt::format(".SH SYNOPSIS\n{}{}\n.SH DESCRIPTION\n{}\n", bold("doppel " + command.name),
                      plain(usage.substr(command.name.size())), plain(command.about));
  text += options(command, command.words);
  text += ".SH OPTIONS\n";
  for (const OptionGroup& group : command.groups) {
    if (group.name != "Options") text += fmt::format(".SS {}\n", plain(group.name));
    text += options(command, group.options);
  }
  text += tagged(bold("-h") + ", " + bold("--help"), "show a shorter form of this");
  return text + exit_status() + examples(command.examples) + see_also(command);
}

std::string man_page_of_program() {
  std::string text = head("doppel", "training images that go further");
  text += fmt::format(".SH SYNOPSIS\n{} {} [{}]\n.SH DESCRIPTION\n{}\n.PP\n{}\n.PP\n{}\n", bold("doppel"),
                      italic("COMMAND"), italic("OPTIONS"),
                      "Random augmentation, a parallel pipeline that streams augmented batches, and a CNN "
                      "trainer.",
                      plain(about_data()), plain(about_recipes()));
  text += ".SH COMMANDS\n";
  for (const Command& command : commands())
    text += tagged(fmt::format(".BR {} (1)", plain(page_name(command))), plain(command.brief));
  text += ".SH OPTIONS\n" + tagged(bold("-h") + ", " + bold("--help"), "list the commands") +
          tagged(bold("--version"), "the same as " + bold("doppel version"));
  text += exit_status() + ".SH ENVIRONMENT\n" +
          tagged(bold("DOPPEL_SAMPLE"), "The folder of sample:digits and sample:photos.") +
          tagged(bold("XDG_CACHE_HOME"),
                 "Where it is kept which of several kernels is the faster one on this machine; else "
                 "~/.cache.");
  return text + examples({"preview sample:photos --recipe strong --out sheet.png",
                          "train sample:digits --epochs 3 --out runs/first"});
}

}  // namespace doppel::apps
