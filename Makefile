.PHONY: check demo build fmt openapi

check: ## everything CI runs
	./scripts/check

demo: ## a running Yousang with a season of both chains
	go run ./cmd/yousang demo

build: ## a static binary in bin/
	CGO_ENABLED=0 go build -trimpath -o bin/yousang ./cmd/yousang

fmt:
	gofmt -w api cmd internal web

openapi: ## write api/openapi.yaml anew
	go test ./api -run TestOpenAPI -update
