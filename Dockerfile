# A static program in an image that has nothing else: no shell, no package manager, no root. docs/operations.md says how to build and run it.

# --build-arg GO_IMAGE=golang@sha256:… pins the builder by its content instead of its name.
ARG GO_IMAGE=golang:1.26.8
FROM ${GO_IMAGE} AS build
# a mirror of Go modules, where the usual one is out of reach
ARG GOPROXY
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# what `yousang version` and the metrics say
ARG VERSION=devel
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w -X main.release=${VERSION}" -o /out/yousang ./cmd/yousang && mkdir -p /out/data /out/tmp

FROM scratch
ARG VERSION=devel
LABEL org.opencontainers.image.title="yousang" \
      org.opencontainers.image.description="柚桑 Yousang: traceability of agricultural lots from village orchard to county park" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/yousang/yousang" \
      org.opencontainers.image.version="${VERSION}"
# authorities for a MongoDB that is reached by TLS; times are written with their offset, so no table of time zones is needed
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
COPY --from=build /out/yousang /yousang
USER 65532:65532
VOLUME /data
ENV YOUSANG_LISTEN=0.0.0.0:8080 YOUSANG_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=2m --retries=3 CMD ["/yousang", "health"]
ENTRYPOINT ["/yousang"]
CMD ["serve"]
