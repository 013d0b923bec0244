# The file calls, for libc-glue's list of sources.
set(LIBC_GLUE_FILES
    files/common.cpp files/control.cpp files/directory_stream.cpp files/io.cpp files/names.cpp
    files/newlib.cpp files/open.cpp files/size.cpp files/status.cpp files/wait.cpp)
