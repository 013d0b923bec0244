# Short functions that are to vanish into the application when it is linked with -flto: compiled once
# more, to the compiler's intermediate language. For that the compiler wrappers look into lib/lto
# first, where libhermit.a is a list: these, then the whole of the library. They are built exactly as
# an application, red zone included, or they would not be inlined; so nothing here may use IrqGuard,
# which pushes the flags.
set(short_paths process/identity.cpp sync/mutex.cpp threads/yield.cpp time/clock_gettime.cpp)
set(lto_flags ${HERMIT_APPLICATION_FLAGS})
list(REMOVE_ITEM lto_flags -mno-red-zone)
list(APPEND lto_flags -flto -fno-fat-lto-objects)

add_library(short_paths OBJECT ${short_paths})
target_link_libraries(short_paths PRIVATE sched_headers fs_headers)
target_include_directories(short_paths PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} include)
target_compile_options(short_paths PRIVATE ${HERMIT_WARNINGS} ${lto_flags})
target_compile_definitions(short_paths PRIVATE HERMIT_KERNEL)

set(lto_dir ${HERMIT_LIB_DIR}/lto)
file(CONFIGURE OUTPUT ${lto_dir}/libhermit.a CONTENT
  "INPUT(${lto_dir}/libshort_paths.a ${HERMIT_LIB_DIR}/libhermit.a)\n")
add_custom_command(OUTPUT ${lto_dir}/libshort_paths.a
  COMMAND ${CMAKE_COMMAND} -E rm -f ${lto_dir}/libshort_paths.a
  # The index of such objects takes the compiler's plug-in.
  COMMAND ${CMAKE_CXX_COMPILER_AR} rcs ${lto_dir}/libshort_paths.a $<TARGET_OBJECTS:short_paths>
  DEPENDS short_paths $<TARGET_OBJECTS:short_paths>
  COMMAND_EXPAND_LISTS VERBATIM COMMENT "Collecting the short paths for link-time optimisation")
add_custom_target(short_paths_archive ALL DEPENDS ${lto_dir}/libshort_paths.a)
