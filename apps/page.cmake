# The page of `doppel serve`, as an array in the program. Two small libraries come from npm (`./dev setup`); without them the program
# is built without its page, and says so.
set(page ${CMAKE_CURRENT_SOURCE_DIR}/serve/page)
file(GLOB page_files CONFIGURE_DEPENDS ${page}/*.html ${page}/*.css ${page}/*.js ${page}/*.svg)
set(libraries preact htm)
set(preact_module ${page}/node_modules/preact/dist/preact.mjs)
set(htm_module ${page}/node_modules/htm/dist/htm.mjs)
if(EXISTS ${preact_module} AND EXISTS ${htm_module})
  list(APPEND page_files ${preact_module} ${htm_module})
  foreach(library ${libraries})
    install(FILES ${page}/node_modules/${library}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR}/licenses RENAME ${library})
  endforeach()
else()
  message(STATUS "npm's packages aren't there (npm ci in apps/serve/page): `doppel serve` will have no page")
  set(page_files)
endif()
set(page_source ${CMAKE_CURRENT_BINARY_DIR}/page_files.cpp)
string(REPLACE ";" "|" page_list "${page_files}")
add_custom_command(OUTPUT ${page_source}
  COMMAND ${CMAKE_COMMAND} "-DFILES=${page_list}" -DOUTPUT=${page_source} -P ${CMAKE_CURRENT_SOURCE_DIR}/embed.cmake
  DEPENDS ${page_files} ${CMAKE_CURRENT_SOURCE_DIR}/embed.cmake COMMENT "The page of doppel serve" VERBATIM)
set_source_files_properties(${page_source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
