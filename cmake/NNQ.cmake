# The helpers that every library and test of nnq is declared with.

# The shared LLVM and MLIR hold everything; linking any of their static parts beside them would duplicate
# registries, so libraries of nnq list only each other.
set(NNQ_LLVM_LIBS MLIR LLVM)

# nnq_add_library(NAME sources... [DEPENDS tablegen-targets...] [LINK_LIBS nnq-libraries...])
function(nnq_add_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} ${NNQ_LLVM_LIBS})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-unused-parameter)
  set_property(GLOBAL APPEND PROPERTY NNQ_LIBRARIES ${name})
  install(TARGETS ${name} EXPORT nnqTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# nnq_tablegen(TARGET file.td output generator-arguments ...): each `output arguments` pair is one --gen.
macro(nnq_tablegen target td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(_args ${ARGN})
  while(_args)
    list(POP_FRONT _args _out _gen)
    separate_arguments(_gen)
    mlir_tablegen(${_out} ${_gen})
  endwhile()
  add_public_tablegen_target(${target})
endmacro()

# nnq_add_unittest(NAME sources... LINK_LIBS libraries...): a GoogleTest program that lit runs too.
function(nnq_add_unittest name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/unittests")
  add_dependencies(nnq-unittests ${name})
endfunction()
