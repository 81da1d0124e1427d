# SPDX-License-Identifier: Apache-2.0
# Tests that are not C unit tests.  The first part of a name is its group in tests/run.  Label "once": slow, and no
# better under a sanitizer, so not run there.
add_subdirectory(${CMAKE_CURRENT_SOURCE_DIR}/fuzz)

# Tokens for tests above the layer that reads them.
if(TARGET test_verify_stamps)
	target_sources(test_verify_stamps PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/unit/stamp/support/tsa.c)
	target_include_directories(test_verify_stamps PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/unit/stamp/support)
endif()

foreach(t unit.api.bits unit.api.oom unit.api.bundle unit.api.bundle_many)
	if(TEST ${t})
		set_tests_properties(${t} PROPERTIES TIMEOUT 900)
	endif()
endforeach()

find_package(Python3 REQUIRED COMPONENTS Interpreter)

# Every script gets the program under test as $AKASHI and as its first argument.
if(TARGET akashi)
	foreach(kind cli fault)
		file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${kind}/*.sh)
		foreach(s ${scripts})
			get_filename_component(short ${s} NAME_WE)
			add_test(NAME ${kind}.${short} COMMAND bash ${s} $<TARGET_FILE:akashi>)
			set_tests_properties(${kind}.${short} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1500
				ENVIRONMENT "AKASHI=$<TARGET_FILE:akashi>;AKASHI_SOURCE=${PROJECT_SOURCE_DIR};LC_ALL=C.UTF-8")
		endforeach()
	endforeach()

	# Seven stories of other commands' making: no better under a sanitizer.
	set_tests_properties(cli.drill PROPERTIES LABELS once)

	add_test(NAME story.quickstart COMMAND ${PROJECT_SOURCE_DIR}/cli/quickstart
		--program $<TARGET_FILE:akashi> --into ${PROJECT_BINARY_DIR}/story)
	set_tests_properties(story.quickstart PROPERTIES LABELS once TIMEOUT 300 RUN_SERIAL TRUE FIXTURES_SETUP story)

	# The two products as others get them, with the ledger that the story has made.
	foreach(s verify records report install static)
		add_test(NAME product.${s} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/product/${s}.sh)
		set_tests_properties(product.${s} PROPERTIES LABELS once SKIP_RETURN_CODE 77 TIMEOUT 600 FIXTURES_REQUIRED story
			ENVIRONMENT "AKASHI=$<TARGET_FILE:akashi>;AKASHI_VERIFY=$<TARGET_FILE:akashi-verify>;AKASHI_SOURCE=${PROJECT_SOURCE_DIR};BUILD=${PROJECT_BINARY_DIR};STORY=${PROJECT_BINARY_DIR}/story;LC_ALL=C.UTF-8")
	endforeach()
endif()

# A case is one JSON file; the harness is a second reading of the rules' contract.
add_test(NAME rules.harness COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/rules/harness.py)
set_tests_properties(rules.harness PROPERTIES LABELS once TIMEOUT 900)

# All ninety rules are there, and RULES.md, the rule files, the parameters and the cases agree.
add_test(NAME rules.ninety COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/rules/ninety.py)
set_tests_properties(rules.ninety PROPERTIES LABELS once)

# The same cases on the engine itself.
set(cases ${PROJECT_BINARY_DIR}/rule-cases)
add_test(NAME rules.expand COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/rules/harness.py --expand ${cases})
set_tests_properties(rules.expand PROPERTIES FIXTURES_SETUP rule_cases)
foreach(t unit.held.rule_cases unit.api.scenarios)
	if(TEST ${t})
		set_tests_properties(${t} PROPERTIES FIXTURES_REQUIRED rule_cases TIMEOUT 600 ENVIRONMENT "AK_RULE_CASES=${cases}")
	endif()
endforeach()

file(GLOB interop CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/interop/test_*.py)
foreach(t ${interop})
	get_filename_component(short ${t} NAME_WE)
	string(REPLACE "test_" "" short ${short})
	add_test(NAME interop.${short} COMMAND ${Python3_EXECUTABLE} ${t})
	set_tests_properties(interop.${short} PROPERTIES LABELS once SKIP_RETURN_CODE 77 TIMEOUT 1500)
	if(TARGET akashi)
		set_property(TEST interop.${short} PROPERTY ENVIRONMENT "AKASHI=$<TARGET_FILE:akashi>")
	endif()
endforeach()

if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/bench/CMakeLists.txt)
	add_subdirectory(${CMAKE_CURRENT_SOURCE_DIR}/bench)
endif()

# The long ones first, so that no processor waits for one of them at the end.  Roughly seconds; ctest forgets them where it has measured.
set(long fault.syscalls=300 fault.remote=200 unit.api.bundle_many=150 unit.api.attack_large=150 unit.api.bits=120 unit.api.oom=100
	unit.api.attack_thief=100 unit.api.scenarios=100 unit.api.bundle=100 cli.transcript=90 interop.agree=80 interop.reader=80
	unit.api.bundle_changed=60 unit.api.rows_many=55 unit.held.rule_cases=50 unit.api.attack_revocation=40 unit.api.attack_reach_back=30
	unit.api.corrections=30 cli.help_examples=30 cli.meeting=30 interop.schema=25 unit.rules.starved=20 unit.api.negative_keys=20)
foreach(l ${long})
	string(REPLACE "=" ";" l ${l})
	list(GET l 0 name)
	list(GET l 1 seconds)
	if(TEST ${name})
		set_property(TEST ${name} PROPERTY COST ${seconds})
	endif()
endforeach()
