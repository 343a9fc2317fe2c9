# What Debian hardens its own packages with: position-independent programs, relocations that are read-only before main() begins,
# guards on stacks, checked copies. Of optimised builds; sanitizers have checks of their own.
option(DOPPEL_HARDENING "Build with PIE, full RELRO, stack protectors and _FORTIFY_SOURCE" ON)
if(DOPPEL_HARDENING AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES C CXX)
  add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro -Wl,-z,now)
endif()
