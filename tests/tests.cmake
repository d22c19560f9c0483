# tests/ROOM/NAME.c is one cmocka program, tests/ROOM/NAME.sh one script; each program links its
# own room only, so the link list proves that the room stands alone.
enable_testing()
find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)

set(test_environment
  "GOCUA_SOURCE=${CMAKE_SOURCE_DIR}" "GOCUA_BUILD=${CMAKE_BINARY_DIR}"
  "ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:strict_string_checks=1"
  "UBSAN_OPTIONS=print_stacktrace=1"
  "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/data/lsan.supp:print_suppressions=0"
  "FONTCONFIG_FILE=${CMAKE_SOURCE_DIR}/assets/fonts/fonts.conf" "TZ=Asia/Ho_Chi_Minh")

function(suite dir) # suite(DIR [USES ROOM...] [LIBS LIB...] [TIMEOUT S] [SERIAL])
  cmake_parse_arguments(S "SERIAL" "TIMEOUT" "USES;LIBS" ${ARGN})
  if(NOT S_TIMEOUT)
    set(S_TIMEOUT 300)
  endif()
  string(REPLACE "/" "_" deps "${S_USES}")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${dir}/*.c)
  file(GLOB helpers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${dir}/helper_*.c)
  list(REMOVE_ITEM sources ${helpers} "")
  foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    set(target test_${dir}_${name})
    if(TARGET PkgConfig::CMOCKA AND NOT GOCUA_FUZZ)
      add_executable(${target} ${source} ${helpers})
      target_link_libraries(${target} PRIVATE ${deps} PkgConfig::CMOCKA ${S_LIBS})
      add_test(NAME ${dir}/${name} COMMAND ${target})
      list(APPEND tests ${dir}/${name})
    endif()
  endforeach()
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${dir}/*.sh)
  foreach(script ${scripts})
    get_filename_component(name ${script} NAME_WE)
    add_test(NAME ${dir}/${name}.sh COMMAND bash ${script})
    list(APPEND tests ${dir}/${name}.sh)
  endforeach()
  if(tests)
    set_tests_properties(${tests} PROPERTIES TIMEOUT ${S_TIMEOUT} SKIP_RETURN_CODE 77
                         ENVIRONMENT "${test_environment}" RUN_SERIAL ${S_SERIAL})
  endif()
endfunction()

function(bench name) # bench(NAME [USES ROOM...] [LIBS LIB...]): built, never run by the tests
  cmake_parse_arguments(B "" "" "USES;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/${name}.c
                                      ${CMAKE_SOURCE_DIR}/tests/bench/${name}_*.c)
  if(sources AND NOT GOCUA_FUZZ)
    string(REPLACE "/" "_" deps "${B_USES}")
    add_executable(bench_${name} ${sources})
    target_link_libraries(bench_${name} PRIVATE ${deps} ${B_LIBS})
    set_target_properties(bench_${name} PROPERTIES
      OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
  endif()
endfunction()

function(fuzz name) # fuzz(NAME USES ROOM...): tests/fuzz/NAME.c with LLVMFuzzerTestOneInput
  cmake_parse_arguments(F "" "" "USES;LIBS" ${ARGN})
  if(GOCUA_FUZZ AND EXISTS ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}.c)
    string(REPLACE "/" "_" deps "${F_USES}")
    add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}.c)
    target_link_libraries(fuzz_${name} PRIVATE ${deps} ${F_LIBS})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()

add_executable(compare_pictures ${CMAKE_SOURCE_DIR}/tests/tools/compare_pictures.c)
target_link_libraries(compare_pictures PRIVATE platform_window)

# Loaded before a program that may have no sanitizer in it.
add_library(slow_disk MODULE ${CMAKE_SOURCE_DIR}/tests/tools/slow_disk.c)
target_compile_options(slow_disk PRIVATE -fno-sanitize=all)
target_link_options(slow_disk PRIVATE -fno-sanitize=all)

add_executable(make_records ${CMAKE_SOURCE_DIR}/tests/tools/make_records.c)
target_link_libraries(make_records PRIVATE app_work)

suite(base     USES platform/base LIBS PkgConfig::CRYPTO)
suite(db       USES platform/db)
suite(thread   USES platform/thread)
suite(system   USES platform/system)
# Made-up camera frames; a tool, so it is neither slowed down nor watched by the sanitizers.
file(GLOB frame_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/frames/*.c)
add_library(test_frames STATIC ${frame_sources})
target_include_directories(test_frames PUBLIC ${CMAKE_SOURCE_DIR})
target_compile_options(test_frames PRIVATE -O3 -ffp-contract=off -fno-sanitize=all)
target_link_libraries(test_frames PRIVATE PkgConfig::QRENCODE m)
suite(sensor   USES platform/sensor app/ident LIBS test_frames PkgConfig::QRENCODE PkgConfig::JPEG
                                                   PkgConfig::PNG zbar m
               TIMEOUT 900)
suite(window   USES platform/window)
suite(http     USES sync/http)
suite(openrosa USES sync/openrosa)
suite(handover USES sync/handover)
suite(sync     USES sync/run sync/carrier sync/openrosa sync/http)
suite(form     USES app/form)
suite(ident    USES app/ident)
suite(lang     USES app/lang)
suite(store    USES app/store)
suite(work     USES app/work LIBS PkgConfig::CRYPTO)
suite(ui       USES app/ui)
suite(question USES app/question)
suite(screen   USES app/screen app/work app/ui app/question platform/window TIMEOUT 1200)
suite(cli      USES app/cli)
suite(hub      USES app/hub)
suite(house)
suite(visit    TIMEOUT 1500 SERIAL)
fuzz(lang USES app/lang platform/base)

fuzz(wire     USES sync/openrosa)
fuzz(codes    USES sync/handover)
fuzz(xml       USES app/form)
fuzz(xpath     USES app/form)
bench(hub USES app/hub LIBS Threads::Threads)
fuzz(multipart_reader USES sync/http)
bench(xpath    USES app/form)
bench(form     USES app/form)
bench(ui USES platform/base)
bench(inside USES app/ui app/work app/store app/form) # the part of ui and handheld with our libraries
# The disk of the fault lane stands below every call that changes or reads a file, SQLite's too:
# tests/fault/helper_simwrap.h.
set(disk_calls open64 __open64_2 mkostemp64 close read __read_chk pread64 __pread64_chk write pwrite64
               ftruncate64 fsync fdatasync unlink rename link mkdir rmdir
               statvfs64)
add_library(test_simdisk INTERFACE)
list(TRANSFORM disk_calls PREPEND "-Wl,--wrap=")
target_link_options(test_simdisk INTERFACE ${disk_calls})
pkg_check_modules(SSL REQUIRED IMPORTED_TARGET libssl libcrypto) # a stranger of the TLS lane
suite(fault  USES app/hub app/work app/store sync/run sync/carrier LIBS PkgConfig::SSL test_simdisk TIMEOUT 900)
bench(fault  USES app/hub app/work app/store sync/run sync/carrier LIBS PkgConfig::SSL test_simdisk)
if(TARGET bench_fault AND TARGET test_screen_kills)
  add_dependencies(bench_fault test_screen_kills) # its part F02
endif()
suite(wire   USES app/store sync/run sync/carrier sync/openrosa sync/http LIBS PkgConfig::SSL)
bench(store USES app/store)

# Debian's libzxing is a peer of the scan bench where it is installed; the only C++ there is.
bench(scan USES platform/sensor app/ident platform/base LIBS test_frames zbar m)
find_library(ZXING_LIBRARY ZXing)
find_program(CXX_COMPILER NAMES c++ g++)
if(TARGET bench_scan AND ZXING_LIBRARY AND CXX_COMPILER)
  set(zxing_peer ${CMAKE_BINARY_DIR}/bench/scan_zxing.o)
  add_custom_command(OUTPUT ${zxing_peer}
    COMMAND ${CXX_COMPILER} -std=c++17 -O2 -fPIE -c -o ${zxing_peer}
            ${CMAKE_SOURCE_DIR}/tests/bench/scan_zxing.cpp
    DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/scan_zxing.cpp VERBATIM)
  target_sources(bench_scan PRIVATE ${zxing_peer})
  target_compile_definitions(bench_scan PRIVATE HAS_ZXING)
  target_link_libraries(bench_scan PRIVATE ${ZXING_LIBRARY} stdc++)
endif()
fuzz(frame USES platform/sensor app/ident)
fuzz(picture USES platform/sensor)
fuzz(ident USES app/ident)
bench(devices USES app/hub app/store sync/run sync/carrier)
bench(link   USES app/hub app/work app/store app/form LIBS PkgConfig::JPEG)
bench(media  USES app/hub app/store sync/run sync/carrier)
fuzz(form      USES app/form)
fuzz(instance  USES app/form)
fuzz(geojson   USES app/form)
fuzz(csv       USES app/form)
bench(handheld USES platform/base)
fuzz(image USES platform/window)
bench(film USES app/screen app/work app/ui platform/window platform/system platform/sensor
                LIBS test_frames m)
