# oneDNN. Debian's own CMake files ask for the OpenCL headers, which we never use.
find_path(DoppelDnnl_INCLUDE_DIR oneapi/dnnl/dnnl.hpp)
find_library(DoppelDnnl_LIBRARY dnnl)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DoppelDnnl REQUIRED_VARS DoppelDnnl_INCLUDE_DIR DoppelDnnl_LIBRARY)
if(DoppelDnnl_FOUND AND NOT TARGET doppel_dnnl::dnnl)
  add_library(doppel_dnnl::dnnl UNKNOWN IMPORTED)
  set_target_properties(doppel_dnnl::dnnl PROPERTIES
    IMPORTED_LOCATION ${DoppelDnnl_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${DoppelDnnl_INCLUDE_DIR})
endif()
