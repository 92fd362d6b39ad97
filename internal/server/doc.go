// Package server is the HTTP server: the Fiber app with its limits and headers, the one error handler, the access log, health and metrics.
// What it serves is registered by the packages api and web.
package server
