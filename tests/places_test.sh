#!/usr/bin/env bash
# Readers ask what lies at a path by doppel/base/files.h, which knows archives, not of the system (docs/architecture.md).
# usage: places_test.sh SOURCE
set -euo pipefail
cd "$1"
calls='fs::(exists|is_directory|is_regular_file|is_empty|file_size|status|canonical|weakly_canonical|(recursive_)?directory_iterator|directory_entry)\b|std::[io]?fstream|fopen\(|(^|[^[:alnum:]_])::(open|stat|opendir)\('

by_themselves() { grep -nE "$calls" "$@" || true; }

# It sees what it should.
found=$(by_themselves <(printf 'if (fs::exists(a)) return;\nstd::ifstream file(a);\nint fd = ::open(a);\nis_file(a);\n') | wc -l)
[ "$found" -eq 3 ] || { echo "places_test.sh doesn't see who asks the system"; exit 1; }

mapfile -t sources < <(find dataset/src/sources dataset/src/open dataset/src/combine dataset/src/analysis -name '*.cpp' -o -name '*.h' | sort)
[ ${#sources[@]} -gt 60 ]
found=$(by_themselves "${sources[@]}" dataset/src/pack/pack_source.cpp dataset/src/pack/shard_reader.cpp)
[ -z "$found" ] || { echo "$found"; exit 1; }
