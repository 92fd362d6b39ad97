// Package api is the JSON API under /api/v1: handlers that turn requests into reports for the recorder and answers of the ledger into
// JSON, and the OpenAPI 3.1 document that is generated from them. No rule of the domain lives here.
//
// A handler returns its error; Fail hands it to the server's one error handler, which writes it as RFC 9457 problem details.
package api
