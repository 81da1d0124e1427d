# SPDX-License-Identifier: Apache-2.0
# Two products by link.  libakashi-verify: the layers that judge a bundle, without git and network.  libakashi: all layers.
# Each is one archive and one shared library made of the layers' objects; only what include/akashi marks AK_API is exported.

function(ak_product name)
	cmake_parse_arguments(P "" "DESCRIPTION" "LAYERS;LINKS;REQUIRES;HEADERS" ${ARGN})
	set(objects)
	foreach(l ${P_LAYERS})
		list(APPEND objects $<TARGET_OBJECTS:ak_${l}>)
	endforeach()
	foreach(kind STATIC SHARED)
		string(TOLOWER ${kind} suffix)
		add_library(${name}-${suffix} ${kind} ${objects})
		set_target_properties(${name}-${suffix} PROPERTIES OUTPUT_NAME ${name} LINKER_LANGUAGE C)
		target_link_libraries(${name}-${suffix} PRIVATE ${P_LINKS})
	endforeach()
	set_target_properties(${name}-shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
		LINK_FLAGS "-Wl,--no-undefined")
	string(JOIN ", " requires ${P_REQUIRES})
	file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
	file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/lib${name}.pc @ONLY CONTENT
"prefix=\${pcfiledir}/${up}
libdir=\${prefix}/@CMAKE_INSTALL_LIBDIR@
includedir=\${prefix}/@CMAKE_INSTALL_INCLUDEDIR@

Name: lib${name}
Description: ${P_DESCRIPTION}
Version: @PROJECT_VERSION@
Requires.private: ${requires}
Libs: -L\${libdir} -l${name}
Libs.private: -pthread
Cflags: -I\${includedir}
")
	install(TARGETS ${name}-static ${name}-shared
		ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
	install(FILES ${PROJECT_BINARY_DIR}/lib${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
	list(TRANSFORM P_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/include/akashi/)
	install(FILES ${P_HEADERS} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/akashi)
endfunction()

set(verify_layers proof bundle verify held rules chain model stamp pki crypto codec base)
ak_product(akashi-verify
	DESCRIPTION "Judge proof bundles of akashi evidence ledgers, offline"
	LAYERS ${verify_layers}
	LINKS PkgConfig::JANSSON PkgConfig::CRYPTO PkgConfig::SQLITE PkgConfig::ZLIB Threads::Threads
	REQUIRES jansson libcrypto sqlite3 zlib
	HEADERS consistency.h disclosure.h document.h error.h errors.def types.h trust.h verify.h)
ak_product(akashi
	DESCRIPTION "Evidence ledgers in git: seal, read, audit, verify"
	LAYERS api envelope fetch signer witness seal store ${verify_layers}
	LINKS PkgConfig::JANSSON PkgConfig::CRYPTO PkgConfig::SQLITE PkgConfig::ZLIB PkgConfig::GIT2 PkgConfig::P11KIT ${CMAKE_DL_LIBS} Threads::Threads
	REQUIRES jansson libcrypto sqlite3 zlib libgit2 p11-kit-1
	HEADERS akashi.h envelope.h exchange.h key.h ledger.h remote.h renew.h timestamp.h witness.h)
install(FILES ${PROJECT_SOURCE_DIR}/schemas/verdict.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/akashi)
