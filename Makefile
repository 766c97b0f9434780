# Everything a developer does here. `make help` lists the targets.
SHELL := /bin/bash
.NOTPARALLEL:
.DEFAULT_GOAL := help
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
# One warm compiler for all projects: a compiler started for each takes longer to start than to compile.
export UseSharedCompilation := true

# local (from Debian's packages; unless told), kind (needs a Docker engine) or current (the current kubeconfig)
CLUSTER ?=
CLUSTER_NAME ?= dev
export CLUSTER CLUSTER_NAME
cluster := tests/cluster/cluster

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: packages
packages: ## Install the Debian packages needed (as root; those that are missing)
	@$(cluster) packages

# true: builds run the analyzers, too
ANALYZE ?= false
export ANALYZE

.PHONY: build
build: ## Build everything
	dotnet build ModelOperator.sln -nologo -verbosity:minimal

.PHONY: cli
cli: ## Build kubectl-model into artifacts/cli: put it on the PATH, and it is `kubectl model`
	dotnet publish operator/Cli --use-current-runtime --output artifacts/cli -nologo -verbosity:minimal

.PHONY: format
format: ## Format the code
	dotnet format ModelOperator.sln --include operator/ inference-runtime/ tests/

.PHONY: verify-format
verify-format: ## Fail when code is not formatted
	dotnet format ModelOperator.sln --include operator/ inference-runtime/ tests/ --verify-no-changes

.PHONY: generate
generate: ## Write what is made from the API types and the chart: CRDs, reference, install.yaml
	dotnet run --project operator/Generate
	tests/chart/install-yaml.sh

.PHONY: verify-generate
verify-generate: ## Fail when a generated file is stale
	dotnet run --project operator/Generate -- --verify
	tests/chart/install-yaml.sh --verify

.PHONY: verify-code
verify-code: ## Fail when an analyzer finds something
	$(MAKE) build ANALYZE=true

.PHONY: verify-docs
verify-docs: ## Fail when a link in the documentation leads nowhere
	tests/docs/check-links.py

.PHONY: verify
verify: verify-code verify-format verify-generate verify-docs ## All verifications

.PHONY: test
test: packages test-unit test-fuzz test-api test-stores test-e2e ## All tests, from nothing

.PHONY: test-unit
test-unit: $(if $(ONLY),,build) ## Tests that need nothing but .NET; ONLY=Rollouts,Api builds and tests just these projects
	ONLY="$(ONLY)" tests/run-suite unit

.PHONY: test-api
test-api: build ## Tests against a real API server
	tests/run-suite api

.PHONY: test-stores
test-stores: build ## Tests against a real registry and real object stores, which they start
	tests/run-suite stores

.PHONY: test-e2e
test-e2e: build ## Tests against a whole cluster, started for them
	CLUSTER_NAME=e2e tests/with-cluster tests/run-suite e2e

# The cores benchmarks are pinned to; those the machine lacks are left out
BENCH_CPUS ?= 0-3

.PHONY: bench-analysis
bench-analysis: ## Decisions against those of others, and their cost; FULL=1 for all of it, ONLY=PART for a part
	dotnet build tests/Benchmarks --configuration Release -nologo -verbosity:quiet
	FULL="$(FULL)" ONLY="$(ONLY)" taskset --cpu-list $(BENCH_CPUS) dotnet tests/Benchmarks/bin/Release/net10.0/model-operator-benchmarks.dll analysis

.PHONY: bench-serving
bench-serving: ## The inference runtime against limits and peers; FULL=1 for longer, ONLY=PART for a part
	FULL="$(FULL)" ONLY="$(ONLY)" tests/bench-serving

.PHONY: bench-start
bench-start: ## From the start of the inference runtime's process to ready, as published
	tests/bench-start --cpus $(BENCH_CPUS)

# ModelDeployments of make bench-operator
MODELS ?= 1000

.PHONY: bench-operator
bench-operator: ## The operator with many ModelDeployments, next to kube-controller-manager on the same API server; MODELS=5000 for more
	taskset --cpu-list $(BENCH_CPUS) tests/bench-operator --models $(MODELS)

# Inputs of make fuzz, and what its random numbers begin with
INPUTS ?= 10000000
SEED ?=

.PHONY: fuzz
fuzz: ## Feed the readers of clients' requests with inputs led by the branches they take; INPUTS=300000 is a short run
	dotnet build tests/Fuzzing --configuration Release -nologo -verbosity:quiet
	dotnet tests/Fuzzing/bin/Release/net10.0/model-operator-fuzz.dll instrument tests/Fuzzing/bin/Release/net10.0/ModelOperator.Protocol.dll
	dotnet tests/Fuzzing/bin/Release/net10.0/model-operator-fuzz.dll run --inputs $(INPUTS) $(if $(SEED),--seed $(SEED))

.PHONY: test-fuzz
test-fuzz: ## A short run of the fuzzer
	$(MAKE) fuzz INPUTS=300000

.PHONY: bench-gpu
bench-gpu: ## The inference runtime on an NVIDIA GPU, where there is one; DRY_RUN=1 runs it on the CPU
	FULL="$(FULL)" DRY_RUN="$(DRY_RUN)" tests/bench-gpu

.PHONY: demo
demo: ## Five rollouts on a cluster, shown as they go; DEMO_KEEP=1 leaves the cluster up
	tests/demo.sh

# amd64 or arm64; the machine's own unless told
ARCH ?=
export ARCH

.PHONY: images
images: ## Build the images into artifacts/images, without Docker, and tell their sizes; ARCH=arm64 for that architecture
	tests/cluster/images/build
	@tests/cluster/images/sizes

.PHONY: cluster-up
cluster-up: ## Start the cluster CLUSTER_NAME; CLUSTER=local, kind or current
	$(cluster) up

.PHONY: cluster-down
cluster-down: ## Stop it; nothing of it is left
	$(cluster) down

.PHONY: kubectl
kubectl: ## kubectl on it: make kubectl ARGS="get mdep"
	@$(cluster) kubectl $(ARGS)

.PHONY: clean
clean: ## Remove what was built
	rm -rf artifacts
	find operator inference-runtime tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
