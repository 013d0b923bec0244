# hermit_system_test(<name> SOURCES <file>... [CORES <n>...] [MEMORY <size>] [ARGUMENTS <word>...]
#                    [STATUS <n>] [OUTPUT <regex>] [ERRORS <regex>] [TIMEOUT <seconds>]
#                    [OPTIONS <compiler option>...] [RUN <hermit-run option>...] [CHECKER <script>])
#
# Builds an image from the sources and boots it under QEMU, once for every number of cores (default
# 1 and 4), as CTest's system.<name>.<cores>. It passes if the exit status is STATUS (default 0), if
# the whole of stdout matches OUTPUT (default "ok\n"), and if ERRORS is found on stderr. With
# CHECKER, a Python script reads the output from its stdin instead and decides by its own status.
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)

function(hermit_system_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MEMORY;STATUS;OUTPUT;ERRORS;TIMEOUT;CHECKER"
                        "SOURCES;CORES;ARGUMENTS;OPTIONS;RUN")
  if(NOT DEFINED arg_CORES)
    set(arg_CORES 1 4)
  endif()
  if(NOT DEFINED arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(NOT DEFINED arg_OUTPUT)
    set(arg_OUTPUT "ok\n")
  endif()
  set(expectation --output ${arg_OUTPUT})
  if(DEFINED arg_STATUS)
    list(APPEND expectation --status ${arg_STATUS})
  endif()
  if(DEFINED arg_ERRORS)
    list(APPEND expectation --errors ${arg_ERRORS})
  endif()
  if(DEFINED arg_CHECKER)
    list(APPEND expectation --checker ${CMAKE_CURRENT_SOURCE_DIR}/${arg_CHECKER})
  endif()
  if(DEFINED arg_MEMORY)
    list(APPEND arg_RUN -m ${arg_MEMORY})
  endif()

  set(image system_${name})
  add_executable(${image} ${arg_SOURCES})
  set_target_properties(${image} PROPERTIES OUTPUT_NAME ${name})
  target_compile_options(${image} PRIVATE -Wall -Wextra -Werror -O2 -g ${arg_OPTIONS})
  target_link_options(${image} PRIVATE ${arg_OPTIONS})
  add_dependencies(${image} hermit loader)
  set_target_properties(${image} PROPERTIES LINK_DEPENDS
    "${CMAKE_SOURCE_DIR}/build/lib/crt0.o;${CMAKE_SOURCE_DIR}/build/lib/hermit.ld;$<TARGET_FILE:hermit>")
  foreach(cores IN LISTS arg_CORES)
    add_test(NAME system.${name}.${cores}
             COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tests/system/run_image.py
                     ${expectation} -- ${CMAKE_SOURCE_DIR}/tools/hermit-run -c ${cores}
                     --timeout ${arg_TIMEOUT} ${arg_RUN} $<TARGET_FILE:${image}> ${arg_ARGUMENTS})
    math(EXPR limit "${arg_TIMEOUT} + 30")
    set_tests_properties(system.${name}.${cores} PROPERTIES TIMEOUT ${limit} PROCESSORS 2)
  endforeach()
endfunction()
