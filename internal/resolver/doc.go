// Package resolver decides where a code leads: what the GS1-Conformant Resolver standard 1.2 asks apart from HTTP itself. It reads the
// preferences of a request, chooses among links, and writes link sets 链接集 (RFC 9264) as JSON. It knows neither the ledger nor the pages:
// web tells it which links there are.
package resolver
