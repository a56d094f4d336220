# COIN-OR's CBC and the linear solver CLP behind it, by their C interfaces: Cbc_INCLUDE_DIR, Cbc_LIBRARIES.
find_path(Cbc_INCLUDE_DIR Cbc_C_Interface.h PATH_SUFFIXES coin coin-or)
find_library(Cbc_LIBRARY CbcSolver)
find_library(Clp_LIBRARY Clp)
mark_as_advanced(Cbc_INCLUDE_DIR Cbc_LIBRARY Clp_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Cbc REQUIRED_VARS Cbc_LIBRARY Clp_LIBRARY Cbc_INCLUDE_DIR
                                  REASON_FAILURE_MESSAGE "Debian has them in coinor-libcbc-dev")
set(Cbc_LIBRARIES ${Cbc_LIBRARY} ${Clp_LIBRARY})
