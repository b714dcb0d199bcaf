# Every target may be run on a fresh clone; `make setup` comes first by itself.
# SWIFT_HOME: where the toolchain lies when `swift` is not in PATH.
# SWIFT_FLAGS: for every build, for instance `make test SWIFT_FLAGS='-j 2'`.
# ARGS: for `larder serve`, for instance `make serve ARGS='larder.yaml --memory.limit 1gb'`.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SWIFT_HOME ?= /opt/swift
export SWIFT_HOME
export PATH := $(PATH):$(SWIFT_HOME)/usr/bin

# An import that Package.swift does not allow is an error (ARCHITECTURE.md).
LAYERS := --explicit-target-dependency-import-check error
# What runs on several threads, or touches memory itself.
SANITIZED := ^Larder(Core|Policy|Memory|Wire|Runtime|Origins|Server)Tests\.

.PHONY: help setup build serve test bench bench-origins bench-policies lint tsan asan fuzz soak ratchet clean

help:
	@echo 'make serve    build, and run the cache on 127.0.0.1:5273 (redis) and :5274 (memcached)'
	@echo 'make test     build with the layer check, run all tests and the client scripts'
	@echo 'make lint     the format of all code, the syntax of all scripts'
	@echo 'make bench    measure beside redis-server and memcached, write docs/benchmarks.md'
	@echo 'make bench-origins  measure before an origin, write docs/benchmarks-origins.md'
	@echo 'make bench-policies the policies beside libcachesim, needs the traces'
	@echo 'make tsan | asan      the tests under the thread or address sanitizer'
	@echo 'make fuzz | soak      long searches for what the tests do not know'
	@echo 'make ratchet  record the present exceptions in Tests/TidyTests/ratchet.json'
	@echo 'make setup | build | clean'

setup:
	@Scripts/setup

build: setup
	swift build -c release --product larder $(SWIFT_FLAGS)

serve: build
	exec .build/release/larder serve $(ARGS)

test:
	@Scripts/setup --test
	Scripts/check-setup
	swift build --build-tests $(LAYERS) $(SWIFT_FLAGS)
	swift test --disable-xctest --skip-build
	swift build -c release --product larder $(SWIFT_FLAGS)
	Tests/Clients/run --binary .build/release/larder
	Tests/Acceptance/origins.py --binary .build/release/larder --quick

bench:
	@Scripts/setup --bench
	swift build -c release --product larder $(SWIFT_FLAGS)
	swift build -c release --product larder-policy-loop $(SWIFT_FLAGS)
	swift build -c release --product larder-hotpath $(SWIFT_FLAGS)
	Benchmarks/run $(ARGS)
	Scripts/readme-table

bench-origins:
	@Scripts/setup --bench
	swift build -c release --product larder $(SWIFT_FLAGS)
	Benchmarks/origins $(ARGS)

bench-policies:
	@Scripts/setup --bench
	swift build -c release --product larder $(SWIFT_FLAGS)
	Benchmarks/policies $(ARGS)

lint: setup
	swift format lint --strict --parallel --recursive \
	  $(wildcard Sources Tests Fuzz Benchmarks Package.swift)
	Scripts/check-scripts

# Own folders: a sanitizer's objects are not those of a plain build.
tsan: setup
	swift test --disable-xctest --sanitize=thread --scratch-path .build/tsan \
	  --filter '$(SANITIZED)' $(SWIFT_FLAGS)

# The tests measure resident memory: freed blocks are held back for a short while only.
asan: export ASAN_OPTIONS = quarantine_size_mb=4
asan: export LSAN_OPTIONS = suppressions=$(CURDIR)/Tests/leaks.supp
asan: setup
	swift test --disable-xctest --sanitize=address --scratch-path .build/asan \
	  --filter '$(SANITIZED)' $(SWIFT_FLAGS)

fuzz: setup
	Scripts/fuzz $(ARGS)

soak: build
	Scripts/soak $(ARGS)

ratchet: setup
	LARDER_RATCHET=write swift test --filter RatchetWriting $(SWIFT_FLAGS)
	git diff --stat -- Tests/TidyTests/ratchet.json

clean:
	rm -rf .build
