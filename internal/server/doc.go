// Package server is the HTTP server: the Fiber app with its limits and headers, the one error handler, the access log, health and metrics.
// The packages api and web register their operations and pages on the server.
package server
