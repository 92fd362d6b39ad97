// Package api is the JSON API under /api/v1: handlers that turn requests into operations of internal/app and answers of the ledger into
// JSON, and the OpenAPI 3.1 document that is generated from them. No rule of the domain lives here.
//
// A handler returns its error; returnHandlerError hands the error to the server's one error handler, which writes RFC 9457 problem
// details.
package api
