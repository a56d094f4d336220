# The GoogleTest programs of unittests/, which CMake builds into build/unittests. Every one is named <Name>Tests.

import os

import lit.formats

config.name = "nnq-unit"
config.suffixes = []
config.test_source_root = config.test_exec_root = os.path.join(config.nnq_build_dir, "unittests")
config.test_format = lit.formats.GoogleTest(".", "Tests")
