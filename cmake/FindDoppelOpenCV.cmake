# OpenCV's core and imgproc from Debian's two small -dev packages. OpenCV's own CMake files come only with libopencv-dev,
# which pulls every module and their 130 libraries.
find_path(DoppelOpenCV_INCLUDE_DIR opencv2/core/mat.hpp PATH_SUFFIXES opencv4)
find_library(DoppelOpenCV_CORE_LIBRARY opencv_core)
find_library(DoppelOpenCV_IMGPROC_LIBRARY opencv_imgproc)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DoppelOpenCV REQUIRED_VARS
  DoppelOpenCV_INCLUDE_DIR DoppelOpenCV_CORE_LIBRARY DoppelOpenCV_IMGPROC_LIBRARY)
foreach(module core imgproc)
  string(TOUPPER ${module} upper)
  if(DoppelOpenCV_FOUND AND NOT TARGET doppel_opencv::${module})
    add_library(doppel_opencv::${module} UNKNOWN IMPORTED)
    set_target_properties(doppel_opencv::${module} PROPERTIES
      IMPORTED_LOCATION ${DoppelOpenCV_${upper}_LIBRARY}
      INTERFACE_INCLUDE_DIRECTORIES ${DoppelOpenCV_INCLUDE_DIR})
  endif()
endforeach()
