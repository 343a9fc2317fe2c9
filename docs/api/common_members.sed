# Docs of members that many types share, each said once. A line with a comment of its own keeps that.
/\/\/\/</b
s|^( *static constexpr std::string_view (name\|kName) = .*;)$|\1  ///< as recipes, plans and settings call it|
s|^( *static constexpr std::string_view (help\|kHelp) = .*;)$|\1  ///< what it does, in a sentence|
s|^( *static constexpr [A-Za-z:]+ kind = .*;)$|\1  ///< how it is rendered|
s|^( *double p = .*;)$|\1  ///< chance that it is applied, 0 to 1|
s|^( *void draw\(Draft& draft, const Stream& stream\) const;)$|\1  ///< appends what it drew to the plan|
s|^( *void fields\(FieldVisitor& visit\);)$|\1  ///< calls visit once for each setting|
s|^( *void fields\(FieldVisitor& visit\) (override\|\{.*\}).*)$|\1  ///< calls visit once for each setting|
s|^( *std::uint64_t seed = .*;)$|\1  ///< of what is drawn per pixel; any number is as good|
/^ *friend bool operator==\(.*\) = default;$/s|.*||
