# doppel_module(NAME PUBLIC targets… PRIVATE targets…): the library of one top-level folder, from all its src/*.cpp, with
# its public headers, installed and exported as doppel::NAME.
function(doppel_module name)
  cmake_parse_arguments(arg "" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/src/*.cpp)
  add_library(doppel_${name} ${sources})
  add_library(doppel::${name} ALIAS doppel_${name})
  set_target_properties(doppel_${name} PROPERTIES EXPORT_NAME ${name} OUTPUT_NAME doppel_${name}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_include_directories(doppel_${name}
    PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/${name}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${name}/src)
  target_compile_features(doppel_${name} PUBLIC cxx_std_20)
  target_link_libraries(doppel_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  doppel_warnings(doppel_${name})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    # GCC 12 clears and copies objects of a few hundred bytes by `rep stos` and `rep movs`, which take 15 ns to begin: as long as a draw.
    target_compile_options(doppel_${name} PRIVATE -mmemset-strategy=unrolled_loop:512:noalign,libcall:-1:noalign
      -mmemcpy-strategy=unrolled_loop:512:noalign,libcall:-1:noalign)
  endif()
  doppel_units(doppel_${name})
  install(TARGETS doppel_${name} EXPORT doppelTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/${name}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endfunction()

# Sources that are compiled for some processors alone can't share a unit, which CMAKE_UNITY_BUILD makes.
function(doppel_units target)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    file(STRINGS ${source} each REGEX "hwy/foreach_target.h|immintrin.h|tile_memory.h")
    if(each)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()

# Warnings are errors in our own code. No fused multiply-add where we didn't ask: plans must have the same bits everywhere.
# Floating-point exceptions are never read, which lets comparisons be vectorised. GCC 12 warns of overlaps in std::string's operator+
# that can't be (its bug 105651), and GCC takes the sources that a unit includes for headers, whose classes mustn't hold what other
# sources can't name.
function(doppel_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Werror
    "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-subobject-linkage>" -ffp-contract=off -fno-trapping-math -fno-math-errno)
endfunction()

# The networks of a folder, NAME.net each with its help in the first line, as zoo_files.inc: {"NAME", "text", "help", "modules", "timm"}, … .
# NAME.modules and NAME.timm, where there are any, list what torchvision and timm call its layers with parameters, in order.
function(doppel_zoo target folder)
  file(GLOB nets CONFIGURE_DEPENDS ${folder}/*.net)
  set(entries "")
  foreach(net IN LISTS nets)
    get_filename_component(name ${net} NAME_WE)
    file(READ ${net} text)
    string(REGEX REPLACE "^# ([^\n]*)\n" "" body "${text}")
    string(REGEX MATCH "^# [^\n]*" help "${text}")
    string(SUBSTRING "${help}" 2 -1 help)
    string(STRIP "${body}" body)
    set(modules "")
    if(EXISTS ${folder}/${name}.modules)
      file(READ ${folder}/${name}.modules modules)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${name}.modules)
    endif()
    set(timm "")
    if(EXISTS ${folder}/${name}.timm)
      file(READ ${folder}/${name}.timm timm)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/${name}.timm)
    endif()
    string(APPEND entries "{\"${name}\", R\"net(${body})net\", \"${help}\", R\"net(${modules})net\", R\"net(${timm})net\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${net})
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}_zoo/zoo_files.inc CONTENT "@entries@" @ONLY)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${target}_zoo)
endfunction()

add_custom_target(doppel_plug_ins)

# What is opened when it's needed: installed beside the program, and for a Python package of its own (a wheel) in it.
function(doppel_plug_in target)
  doppel_warnings(${target})
  install(TARGETS ${target} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/doppel)
  set_property(GLOBAL APPEND PROPERTY DOPPEL_PLUG_INS ${target})
  add_dependencies(doppel_plug_ins ${target})
endfunction()

# doppel_format(NAME LIBRARY PACKAGE WORDS): the plug-in that reads an image format, where its library is there.
function(doppel_format name library package words)
  if(NOT TARGET ${library})
    message(STATUS "${package} isn't there: ${words} images won't be read")
    return()
  endif()
  add_library(doppel_format_${name} MODULE ${CMAKE_CURRENT_SOURCE_DIR}/augment/plugin/${name}.cpp)
  target_compile_features(doppel_format_${name} PRIVATE cxx_std_20)
  target_link_libraries(doppel_format_${name} PRIVATE doppel_opencv::core ${library})
  doppel_plug_in(doppel_format_${name})
endfunction()
