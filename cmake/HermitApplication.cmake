# hermit_application(<name> SOURCES <file>... [OPENMP] [FLAGS <option>...])
#
# Builds an image: the application with libc and kernel. It is linked as a user would do it, by the
# compiler wrappers, which take crt0.o, hermit.ld and libhermit.a from HERMIT_LIB_DIR; so it must
# wait for these, and be linked again when they change.

function(hermit_application name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "OPENMP" "" "SOURCES;FLAGS")
  add_executable(${name} ${arg_SOURCES})
  set(flags -O2 -g ${arg_FLAGS})
  if(arg_OPENMP)
    list(APPEND flags -fopenmp)
  endif()
  target_compile_options(${name} PRIVATE
    -Wall -Wextra $<$<NOT:$<COMPILE_LANGUAGE:Fortran>>:-Werror> ${flags})
  target_link_options(${name} PRIVATE ${flags})
  target_link_libraries(${name} PRIVATE m)
  if(TARGET hermit)
    add_dependencies(${name} hermit loader function_names_tool)
    set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS
      ${HERMIT_LIB_DIR}/libhermit.a ${HERMIT_LIB_DIR}/crt0.o ${HERMIT_LIB_DIR}/hermit.ld
      ${HERMIT_LIB_DIR}/hermit-function-names)
  endif()
endfunction()
